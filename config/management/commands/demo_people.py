"""Prints where the demo is and whom to sign in as."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.demo_people import DEMO_PEOPLE


class Command(BaseCommand):
    help = "Print the demo's address and the people to sign in as."

    def handle(self, *args: Any, **options: Any) -> None:
        site = settings.SITE_URL
        self.stdout.write(f"\n  {settings.SOCIETY_NAME} (made-up people, real software)\n")
        self.stdout.write(f"    The public site   {site}/")
        self.stdout.write(
            f"    Sign in           {site}/demo/   one click for each of these people:"
        )
        for email, (role, does) in DEMO_PEOPLE.items():
            self.stdout.write(f"      {email:28}{role:18}{does}")
        self.stdout.write(f"    Mail it would send  {site}/demo/outbox/")
        self.stdout.write("    Ctrl-C stops everything. `make reset` starts afresh.\n")
