"""Checks the audit trail and the read log against their chains."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import audit


class Command(BaseCommand):
    help = "Recompute the audit chains; exit 1 and say where, if a sealed line was changed."

    def handle(self, *args: Any, **options: Any) -> None:
        reports = [audit.verify(stream) for stream in audit.STREAMS]
        for report in reports:
            self.stdout.write(
                f"{report.stream}: {report.lines} lines in {report.blocks} blocks; "
                f"newest hash {report.head or 'none'}"
            )
            if report.oldest_unsealed is not None:
                seconds = int(report.oldest_unsealed.total_seconds())
                self.stdout.write(
                    f"{report.stream}: {report.unsealed} lines not sealed yet, "
                    f"the oldest {seconds} seconds old"
                )
        faults = [f"{report.stream}: {report.fault}" for report in reports if report.fault]
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("Every sealed line is as it was written.")
