"""Exclusion constraints on PostgreSQL. SQLite holds the same rules by triggers (rota.triggers)."""

from django.db import migrations

CONSTRAINTS = {
    "no_carer_in_two_places": (
        "rota_assignment",
        "carer_id WITH =, tstzrange(starts_at, ends_at) WITH &&",
    ),
    "absences_do_not_overlap": (
        "rota_absence",
        "carer_id WITH =, tstzrange(starts_at, ends_at) WITH &&",
    ),
    "hours_do_not_overlap": (
        "rota_availabilitypattern",
        "carer_id WITH =, weekday WITH =, int4range(start_minute, end_minute) WITH &&, "
        "daterange(since, until, '[]') WITH &&",
    ),
}


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    for name, (table, over) in CONSTRAINTS.items():
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist ({over})"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, (table, _over) in CONSTRAINTS.items():
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


class Migration(migrations.Migration):
    dependencies = [("rota", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
