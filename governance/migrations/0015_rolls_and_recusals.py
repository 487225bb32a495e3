"""Who has died is not written to; seats of independents are reviewed; rolls keep each change."""

import datetime as dt

from django.db import migrations, models
from django.utils import timezone


def review_independents(apps, schema_editor):
    """Those without a day to be reviewed stood in no diary: a year after they were taken."""
    seats = apps.get_model("governance", "Seat").objects
    for seat in seats.filter(way="independent", review_on=None, until=None, struck_on=None):
        # The last of February of a leap year: the day before the first of March.
        day = seat.since.replace(day=28) if (seat.since.month, seat.since.day) == (2, 29) else seat.since
        seats.filter(pk=seat.pk).update(review_on=dt.date(day.year + 1, day.month, day.day))


def note_changes(apps, schema_editor):
    """What the rolls say of changes so far. On which day somebody was added, the audit knows."""
    changes = apps.get_model("governance", "RollChange").objects
    audit = apps.get_model("core", "AuditLine").objects.filter(action="governance.add_voter")
    for voter in apps.get_model("governance", "Voter").objects.exclude(added_because=""):
        line = audit.filter(object_id=str(voter.pk)).order_by("-at").first()
        day = timezone.localdate(line.at) if line else voter.meeting.record_date
        changes.create(voter=voter, what="added", on=day, because=voter.added_because)
    for voter in apps.get_model("governance", "Voter").objects.filter(struck_on__isnull=False):
        changes.create(
            voter=voter, what="struck", on=voter.struck_on, because=voter.struck_because
        )


class Migration(migrations.Migration):
    dependencies = [
        ('governance', '0014_counted_papers_forgotten'),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="way",
            field=models.CharField(
                choices=[
                    ("email", "By e-mail"),
                    ("post", "By post"),
                    ("none", "Nobody: they have died"),
                ],
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="reviewed_on",
            field=models.DateField(blank=True, null=True, verbose_name="last reviewed on"),
        ),
        migrations.AddField(
            model_name="seat",
            name="review_minute",
            field=models.CharField(
                blank=True, max_length=60, verbose_name="minute of the last review"
            ),
        ),
        migrations.RunPython(review_independents, migrations.RunPython.noop),
        migrations.CreateModel(
            name="RollChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[("added", "was put on it"), ("struck", "was taken off it")],
                        max_length=6,
                    ),
                ),
                ("on", models.DateField()),
                ("because", models.CharField(max_length=200)),
                (
                    "voter",
                    models.ForeignKey(
                        on_delete=models.PROTECT,
                        related_name="changes",
                        to="governance.voter",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("because", ""), _negated=True),
                        name="a_change_of_a_roll_says_why",
                    )
                ],
            },
        ),
        migrations.RunPython(note_changes, migrations.RunPython.noop),
        migrations.RemoveField(model_name="voter", name="added_because"),
        migrations.AddField(
            model_name="writtenvoice",
            name="interest",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="writtenvoice",
            name="aside_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="writtenvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("aside_at__isnull", True), ("interest", ""))
                | models.Q(
                    ("aside_at__isnull", False), ("choice", ""), ("interest__gt", "")
                ),
                name="who_stands_aside_says_why_and_answers_nothing",
            ),
        ),
    ]
