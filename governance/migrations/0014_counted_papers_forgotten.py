from django.db import migrations


def forget(apps, schema_editor):
    """What single papers said is not kept once they are counted; so far it was."""
    keyings = apps.get_model("governance", "PaperKeying").objects
    counted = keyings.filter(batch__election__state__in=["counted", "published"])
    counted.update(lines=[], spoilt=0)


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0013_decisions_by_mistake'),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
