"""The chart of accounts that every co-operative starts with."""

from django.db import migrations

from ledger.chart import CHART


def open_accounts(apps, schema_editor):
    Account = apps.get_model("ledger", "Account")
    for order, (code, name, kind) in enumerate(CHART, start=1):
        Account.objects.get_or_create(
            code=code, defaults={"name": name, "kind": kind, "order": order}
        )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(open_accounts, migrations.RunPython.noop),
    ]
