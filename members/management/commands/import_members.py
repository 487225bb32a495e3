"""Brings members and their holdings over from a CSV or XLSX file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.actors import SYSTEM
from core.errors import RuleError
from members.importing import (
    Fault,
    FileFaultError,
    Plan,
    Progress,
    named,
    quiet,
    read_rows,
    read_table,
)
from members.importing.faults import FILE, WHOLE_FILE
from members.operations import import_register, plan_import

#: So many faults are shown to who reads them; --json has them all.
SHOWN = 50


class Command(BaseCommand):
    help = "Import members and holdings from a file: all of them, or none if anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a CSV or XLSX file; docs/import.md has its columns")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON alone")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = self._import(Path(options["file"]), options["dry_run"])
        if options["json"]:
            self.stdout.write(json.dumps(_outcome(plan), ensure_ascii=False))
        else:
            self._tell(plan, options["dry_run"])
        if plan.faults:
            sys.exit(1)

    def _import(self, path: Path, dry_run: bool) -> Plan:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        today, progress = timezone.localdate(), self._progress()
        try:
            table = read_table(data, progress)
            rows = read_rows(table, named(table.headings), today, progress)
            if dry_run:
                return plan_import(rows, today, progress)
            return import_register(rows=rows, progress=progress, by=SYSTEM)
        except FileFaultError as error:
            return Plan(faults=[error.fault])
        except RuleError as error:
            return Plan(faults=[Fault(WHOLE_FILE, FILE, error.message)])

    def _progress(self) -> Progress:
        """A line that counts, where somebody looks on."""
        if not sys.stderr.isatty():
            return quiet

        def show(done: int, total: int, what: str) -> None:
            self.stderr.write(f"\r\x1b[K{what}: {done:,} of {total:,}", ending="")

        return show

    def _tell(self, plan: Plan, dry_run: bool) -> None:
        if sys.stderr.isatty():
            self.stderr.write("")
        for fault in plan.faults[:SHOWN]:
            where = f"Row {fault.row}, {fault.field}" if fault.row else "The file"
            self.stdout.write(f"{where}: {fault.message}")
        if len(plan.faults) > SHOWN:
            self.stdout.write(f"… and {len(plan.faults) - SHOWN:,} more; --json names them all.")
        if plan.faults:
            number = f"{len(plan.faults):,} faults in {plan.rows:,} rows"
            self.stdout.write(f"{number}: nothing was changed.")
            return
        counts, known = plan.counts(), plan.worth_knowing()
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{counts['rows']:,} rows: {counts['created']:,} members {would}entered with "
            f"{known['shares']:,} shares, {counts['updated']:,} {would}brought up to date, "
            f"{counts['unchanged']:,} as they are in the register."
        )
        self._tell_more(plan, known)

    def _tell_more(self, plan: Plan, known: dict[str, int]) -> None:
        for key, words in (
            ("without_evidence", "of the new members have no evidence on file for their class"),
            ("without_address", "of the new members have no postal address"),
            ("without_email", "of the new members have no e-mail address"),
        ):
            if known[key]:
                self.stdout.write(f"{known[key]:,} {words}.")
        for note in plan.notes[:SHOWN]:
            self.stdout.write(f"Note, row {note.row}, {note.field}: {note.message}")
        if len(plan.notes) > SHOWN:
            self.stdout.write(f"… and {len(plan.notes) - SHOWN:,} notes more.")
        if plan.ignored:
            self.stdout.write(f"Columns that are not ours: {', '.join(plan.ignored)}.")


def _outcome(plan: Plan) -> dict[str, Any]:
    return plan.counts() | {"errors": [fault._asdict() for fault in plan.faults]}
