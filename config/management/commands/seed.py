"""Fills an empty database with the demo co-op, through operations only."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from config import demo
from core.models import User


class Command(BaseCommand):
    help = "Make the demo co-op. A database that has it already is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo co-op is only for demo mode (WEFT_DEMO=1).")
        if User.objects.exists():
            self.stdout.write("The demo co-op is there already.")
            return
        started = time.monotonic()
        # All or nothing: a run that was broken off leaves no half-made co-op behind.
        with transaction.atomic():
            for what in demo.build(timezone.localdate()):
                self.stdout.write(f"Making {what} …")
        self.stdout.write(f"The demo co-op is ready ({time.monotonic() - started:.0f} s).")
