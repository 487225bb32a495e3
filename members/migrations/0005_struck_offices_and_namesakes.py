from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_shares_are_derived'),
    ]

    operations = [
        migrations.AddField(
            model_name='office',
            name='struck_on',
            field=models.DateField(blank=True, null=True, verbose_name='struck out, as entered by mistake'),
        ),
        migrations.AddField(
            model_name='nomination',
            name='is_namesake',
            field=models.BooleanField(default=False, help_text='Said by whoever entered it.', verbose_name='only has the name of an officer or employee'),
        ),
        migrations.AddField(
            model_name='sharetransaction',
            name='because',
            field=models.CharField(blank=True, max_length=120, verbose_name='what was wrong'),
        ),
        migrations.RemoveConstraint(
            model_name='office',
            name='an_office_is_held_once',
        ),
        migrations.AddConstraint(
            model_name='office',
            constraint=models.UniqueConstraint(condition=models.Q(('struck_on__isnull', True), ('until__isnull', True)), fields=('person', 'post'), name='an_office_is_held_once'),
        ),
        migrations.AddConstraint(
            model_name='nomination',
            constraint=models.CheckConstraint(condition=models.Q(('is_officer_or_employee', False), ('is_namesake', False), _connector='OR'), name='nobody_is_their_own_namesake'),
        ),
    ]
