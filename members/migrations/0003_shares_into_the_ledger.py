"""Ordinary shares become a class of their own, and each number of shares an opening transaction."""

from django.db import migrations


def into_the_ledger(apps, schema_editor):
    def model(app, name):
        return apps.get_model(app, name)

    capital = model("ledger", "Account").objects.get(code="share-capital")
    ordinary, _ = model("members", "ShareClass").objects.get_or_create(
        code="ordinary", defaults={"name": "Ordinary shares", "capital": capital}
    )
    model("members", "MemberClass").objects.update(share_class=ordinary)
    Journal, Posting = model("ledger", "Journal"), model("ledger", "Posting")
    for member in model("members", "Member").objects.select_related("person", "organisation"):
        if member.shares and member.ceased is None:
            holder = member.person or member.organisation
            if holder.party_id is None:
                holder.party = model("ledger", "Party").objects.create()
                holder.save(update_fields=["party"])
            pence = member.shares * int(ordinary.par.amount * 100)
            journal = Journal.objects.create(
                kind="shares-opening",
                date=member.joined,
                key=f"shares-opening:{member.pk}",
                source=f"members.member:{member.pk}",
            )
            for account, amount in (("opening", pence), ("share-capital", -pence)):
                Posting.objects.create(
                    journal=journal, account_id=account, party_id=holder.party_id, pence=amount
                )
            Journal.objects.filter(pk=journal.pk).update(sealed=True)
            model("members", "ShareTransaction").objects.create(
                member=member,
                share_class=ordinary,
                kind="opening",
                quantity=member.shares,
                date=member.joined,
                journal=journal,
            )


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_chart'),
        ('members', '0002_shares_and_money'),
    ]

    operations = [
        migrations.RunPython(into_the_ledger, migrations.RunPython.noop),
    ]
