"""How fast a register comes over from a CSV or XLSX file, on a fresh SQLite database.

    python benchmarks/import_members.py [ROWS]

Prints seconds and rows a second for reading, for holding the rows against the register, for taking
them in (people, members, journals, postings, shares, audit trail) and for the same file again,
beside a plain bulk_create of as many people alone.
"""

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 5000


def timed(what: str, work: Callable[[], Any]) -> Any:
    """Do it, and print how long it took."""
    begun = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - begun
    print(f"{what:48} {seconds:7.2f} s {ROWS / seconds:10,.0f} rows/s", flush=True)
    return result


def main() -> None:
    """Everything in a database of its own, which is gone afterwards."""
    from django.core.management import call_command
    from django.db import transaction

    from core.actors import SYSTEM
    from members.importing import named, read_rows, read_table
    from members.models import Member, Person
    from members.operations import import_register, plan_import
    from members.statutory import totals_on
    from tests.members.importing.files import HEADINGS, csv_of, members, typed, xlsx_of

    call_command("migrate", verbosity=0)
    today = dt.datetime.now(tz=dt.UTC).date()
    told = members(ROWS)
    csv, xlsx = csv_of(*told), xlsx_of(HEADINGS, [typed(one) for one in told])
    print(f"{ROWS:,} members, {len(csv):,} bytes of CSV, {len(xlsx):,} of XLSX")

    with transaction.atomic():
        plain = [Person(first_name="Ann", last_name=f"Shaw {n}") for n in range(ROWS)]
        timed(
            "For comparison: bulk_create of people alone", lambda: Person.objects.bulk_create(plain)
        )
        transaction.set_rollback(True)

    timed("Reading the XLSX", lambda: read_table(xlsx))
    table = timed("Reading the CSV", lambda: read_table(csv))
    columns = named(table.headings)
    rows = timed("Checking every cell", lambda: read_rows(table, columns, today))
    timed("Holding it against the register (a dry run)", lambda: plan_import(rows, today))
    plan = timed("Taking it in", lambda: import_register(rows=rows, by=SYSTEM))
    assert plan.is_good, plan.faults[:5]
    assert Member.objects.count() == ROWS
    assert totals_on(today).agree
    again = timed("The same file again", lambda: import_register(rows=rows, by=SYSTEM))
    assert again.counts()["unchanged"] == ROWS


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="weft-import-") as var:
        os.environ |= {"WEFT_VAR": var, "DATABASE_URL": f"sqlite:///{var}/db.sqlite3"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        main()
