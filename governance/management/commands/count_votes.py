"""Count BLT files from the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.counting import RULES
from governance.counting.report import count_files


class Command(BaseCommand):
    help = (
        "Counts one or more BLT files and shows every stage. Ties that looking back cannot settle "
        "go by the order of the candidates in the file. Needs no database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE.blt")
        parser.add_argument("--rules", choices=list(RULES), default="scottish-stv")
        parser.add_argument(
            "--json", action="store_true", help="one JSON object a line, in the order of the files"
        )

    def handle(self, *args: Any, files: list[str], rules: str, json: bool, **options: Any) -> None:
        failed = 0
        for report in count_files(files, rules):
            failed += report.count is None
            self.stdout.write(report.as_json() if json else report.as_text() + "\n")
        if failed:
            raise CommandError(f"{failed} of {len(files)} files could not be counted.")
