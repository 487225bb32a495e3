import datetime as dt
from zoneinfo import ZoneInfo

from django.db import migrations, models
from django.db.models import Max, Q

LONDON = ZoneInfo("Europe/London")


def say_to_whom_it_was_put(apps, schema_editor):
    """Those that were partners on the day it was put, and whoever voted."""
    question_model = apps.get_model("governance", "PartnerQuestion")
    partner_model = apps.get_model("governance", "Partner")
    for question in question_model.objects.filter(opened_at__isnull=False):
        day = question.opened_at.astimezone(LONDON).date()
        there = Q(body=question.body_id, joined__lte=day) & (Q(left__isnull=True) | Q(left__gte=day))
        found = partner_model.objects.filter(there | Q(votes__question=question)).distinct()
        if question.matter != "strategic":
            found = found.filter(citizens__isnull=True)
        question.partners.set(found)


def end_delegates_without_a_seat(apps, schema_editor):
    """Who sits on the citizen group no longer speaks for it no longer: since the end of their seat."""
    delegate_model = apps.get_model("governance", "Delegate")
    seat_model = apps.get_model("governance", "Seat")
    today = dt.datetime.now(LONDON).date()
    rows = delegate_model.objects.filter(until__isnull=True, partner__citizens__isnull=False)
    for delegate in rows.select_related("partner"):
        seats = seat_model.objects.filter(
            body=delegate.partner.citizens_id, person=delegate.person_id, struck_on__isnull=True
        )
        if seats.filter(Q(until__isnull=True) | Q(until__gte=today)).exists():
            continue
        last = seats.aggregate(last=Max("until"))["last"] or today
        delegate.until = max(delegate.since, last)
        delegate.save(update_fields=["until"])


class Migration(migrations.Migration):
    dependencies = [("governance", "0015_rolls_and_recusals")]

    operations = [
        migrations.AddField(
            model_name="partnerquestion",
            name="partners",
            field=models.ManyToManyField(
                blank=True, related_name="questions", to="governance.partner"
            ),
        ),
        migrations.RunPython(say_to_whom_it_was_put, migrations.RunPython.noop),
        migrations.RunPython(end_delegates_without_a_seat, migrations.RunPython.noop),
    ]
