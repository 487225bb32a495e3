"""Check the audit bundle of a vote from the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.bundle import faults_of, was_counted_again


class Command(BaseCommand):
    help = (
        "Checks the audit bundle of a vote: that nothing in it has been changed, and that counting "
        "its papers again gives the declared result. Needs no database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("bundle", metavar="BUNDLE.zip")
        parser.add_argument(
            "--sha256", default="", help="the SHA-256 that was declared with the result"
        )

    def handle(self, *args: Any, bundle: str, sha256: str, **options: Any) -> None:
        try:
            data = Path(bundle).read_bytes()
        except OSError as error:
            raise CommandError(f"{bundle} cannot be read: {error.strerror}.") from None
        faults = faults_of(data, sha256_declared=sha256)
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError("The bundle does not hold what was declared.")
        if was_counted_again(data):
            self.stdout.write("The bundle is whole and counts the same.")
        else:
            self.stdout.write(
                "The bundle is whole and its sums agree. It does not hold what it takes to count "
                "the result again: that would show how somebody voted."
            )
        if sha256:
            self.stdout.write("It is the one that was declared.")
        else:
            self.stdout.write(
                "Whether it is the one that was declared is told by its SHA-256: give that with "
                "--sha256."
            )
