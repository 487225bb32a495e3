"""Makes the demo co-op ready, and says where it is and whom to sign in as."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.demo_people import DEMO_PEOPLE


class Command(BaseCommand):
    help = "Migrate if needed, seed once, and print the demo's address and its people."
    # Checking the whole site takes as long as starting it; `make check` does that.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0)
        call_command("seed", stdout=self.stdout)
        self._say_who()

    def _say_who(self) -> None:
        site = settings.SITE_URL
        self.stdout.write(f"\n  {settings.SOCIETY_NAME} (made-up people, real software)\n")
        self.stdout.write(f"    The public site      {site}/")
        self.stdout.write(f"    Sign in, one click   {site}/demo/   as one of these people:")
        for email, (role, does) in DEMO_PEOPLE.items():
            self.stdout.write(f"      {email:28}{role:18}{does}")
        self.stdout.write(f"    Mail it would send   {site}/demo/outbox/")
        if settings.STRIPE_API_URL:
            self.stdout.write(f"    Payments it pretends {settings.STRIPE_API_URL}/_sandbox/")
        self.stdout.write("    Ctrl-C stops everything. `make reset` starts afresh.\n")
