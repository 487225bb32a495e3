"""Lists every operation: what it does and which right it needs."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from core.registry import OPERATIONS, docline


class Command(BaseCommand):
    help = "List every change of state that Weft knows, with the right it needs."

    def handle(self, *args: Any, **options: Any) -> None:
        for app in apps.get_app_configs():
            if app.path.startswith(str(apps.get_app_config("core").path).rsplit("/", 1)[0]):
                name = f"{app.name}.operations"
                if find_spec(name):
                    importlib.import_module(name)
        width = max(len(name) for name in OPERATIONS)
        for name, (function, needs) in sorted(OPERATIONS.items()):
            self.stdout.write(f"{name:{width}}  {needs or '—':30}  {docline(function)}")
