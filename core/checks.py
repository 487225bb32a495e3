"""What must be true of an installation before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from core import triggers


@register(Tags.security)
def demo_in_the_open(**_: Any) -> list[CheckMessage]:
    """The demo may be shown to the world on purpose (config.settings refuses it by accident)."""
    local = {"localhost", "127.0.0.1", "[::1]", "testserver"}
    if settings.DEMO and not set(settings.ALLOWED_HOSTS) <= local:
        return [
            Warning(
                "Demo mode lets anyone sign in as anyone; ALLOWED_HOSTS names a public address.",
                id="weft.W001",
            )
        ]
    return []


@register(Tags.database)
def triggers_installed(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The database holds the rules that the registry says it holds.

    A warning: `migrate`, which puts them right, does not begin where a check finds an error.
    """
    missing: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        absent = triggers.wanted(connection.vendor) - triggers.installed(connection)
        if absent and "core_user" in connection.introspection.table_names():
            names = ", ".join(sorted(absent))
            missing.append(Warning(f"Run migrate: triggers are missing: {names}.", id="weft.W002"))
    return missing
