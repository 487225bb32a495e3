from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0006_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='office',
            name='end_minute',
            field=models.CharField(blank=True, max_length=60, verbose_name='minute of the end'),
        ),
    ]
