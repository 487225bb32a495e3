"""What an installation is told before it runs."""

import pytest
from django.core.checks import ERROR
from django.core.management import call_command
from django.db import connection

from core.checks import triggers_installed
from core.triggers import installed

pytestmark = pytest.mark.django_db(transaction=True)

LOST = "core_auditline_no_update"


def test_a_lost_trigger_is_told_and_migrate_puts_it_back() -> None:
    on = " ON core_auditline" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {LOST}{on}")
    try:
        told = triggers_installed(databases=["default"])
        assert LOST in told[0].msg
        assert told[0].level < ERROR  # migrate does not begin where a check finds an error
        call_command("migrate", verbosity=0, skip_checks=False)
        assert triggers_installed(databases=["default"]) == []
    finally:
        call_command("migrate", verbosity=0)
    assert LOST in installed(connection)
