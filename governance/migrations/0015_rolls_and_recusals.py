"""Who has died is not written to; the seat of an independent member is reviewed each year."""

import datetime as dt

from django.db import migrations, models


def review_independents(apps, schema_editor):
    """Those without a day to be reviewed stood in no diary: a year after they were taken."""
    seats = apps.get_model("governance", "Seat").objects
    for seat in seats.filter(way="independent", review_on=None, until=None, struck_on=None):
        # The last of February of a leap year: the day before the first of March.
        day = seat.since.replace(day=28) if (seat.since.month, seat.since.day) == (2, 29) else seat.since
        seats.filter(pk=seat.pk).update(review_on=dt.date(day.year + 1, day.month, day.day))


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
    ]
