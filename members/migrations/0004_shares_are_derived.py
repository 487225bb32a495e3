import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0003_shares_into_the_ledger'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='member',
            name='a_member_holds_a_share',
        ),
        migrations.RemoveField(
            model_name='member',
            name='shares',
        ),
        migrations.RemoveField(
            model_name='memberclass',
            name='share_price',
        ),
        migrations.RemoveField(
            model_name='memberclass',
            name='share_price_currency',
        ),
        migrations.AlterField(
            model_name='memberclass',
            name='share_class',
            field=models.ForeignKey(default='ordinary', on_delete=django.db.models.deletion.PROTECT, related_name='member_classes', to='members.shareclass', to_field='code'),
        ),
    ]
