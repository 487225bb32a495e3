"""The audit trail cannot be changed quietly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import pre_migrate

from core import audit, triggers
from core.actors import SYSTEM, Actor
from core.models import AuditLine, ChainBlock, ChainLink, ReadLine, User

pytestmark = pytest.mark.django_db


def write(number: int) -> None:
    for index in range(number):
        audit.record(SYSTEM, "test.act", index=index)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_an_audit_line(change: str) -> None:
    write(1)
    line = AuditLine.objects.get()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        if change == "update":
            AuditLine.objects.filter(pk=line.pk).update(action="test.other")
        else:
            AuditLine.objects.filter(pk=line.pk).delete()
    assert AuditLine.objects.get().action == "test.act"


def test_the_database_has_exactly_the_triggers_of_the_registry() -> None:
    ours = {name for name in triggers.installed(connection) if name in triggers.TRIGGERS}
    assert ours == triggers.wanted(connection.vendor)
    assert {"core_auditline_no_update", "core_readline_no_delete"} <= ours


def test_a_migrate_finds_no_trigger_in_its_way_and_puts_all_back() -> None:
    """SQLite would refuse to remake a table that the trigger of another names."""
    seen: list[set[str]] = []

    def look(**_: object) -> None:
        seen.append(triggers.installed(connection) & triggers.TRIGGERS.keys())

    pre_migrate.connect(look, sender=apps.get_app_config("core"))
    try:
        call_command("migrate", verbosity=0)
    finally:
        pre_migrate.disconnect(look, sender=apps.get_app_config("core"))
    assert seen == [set()]
    assert triggers.wanted(connection.vendor) <= triggers.installed(connection)


def test_sealing_takes_every_line_once_and_the_chain_then_verifies() -> None:
    write(3)
    assert audit.seal("audit") == 3
    assert audit.seal("audit") == 0
    write(2)
    assert audit.seal("audit") == 2
    report = audit.verify("audit")
    assert (report.blocks, report.lines, report.unsealed, report.fault) == (2, 5, 0, "")
    assert report.head == ChainBlock.objects.order_by("-number").first().hash


def test_more_lines_than_one_batch_are_sealed_in_several_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    write(5)
    assert audit.seal("audit") == 5
    assert list(ChainBlock.objects.order_by("number").values_list("lines", flat=True)) == [2, 2, 1]
    assert audit.verify("audit").is_sound


def tamper(sql: str, *values: object) -> None:
    """Change the database behind the triggers' back, as somebody with full access could."""
    triggers.uninstall()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE core_auditline SET action = 'test.forged' WHERE id = %s", "was changed"),
        ("UPDATE core_auditline SET object_id = '99' WHERE id = %s", "was changed"),
        ("DELETE FROM core_auditline WHERE id = %s", "sealed 3 lines; 2 are there"),
        (
            "UPDATE core_chainblock SET previous = 'x' WHERE number = 1 AND %s > 0",
            "does not follow",
        ),
    ],
)
def test_a_change_behind_the_triggers_is_found(sql: str, says: str) -> None:
    write(3)
    audit.seal("audit")
    tamper(sql, AuditLine.objects.order_by("pk")[1].pk)
    assert says in audit.verify("audit").fault
    with pytest.raises(CommandError, match=says):
        call_command("verify_audit")


def test_a_missing_block_is_found() -> None:
    for _ in range(3):
        write(1)
        audit.seal("audit")
    triggers.uninstall()
    ChainLink.objects.filter(block__number=2).delete()
    ChainBlock.objects.filter(number=2).delete()
    assert audit.verify("audit").fault == "Block 2 is missing."


def test_verify_says_how_old_the_unsealed_tail_is(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC), tick=False):
        write(2)
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, 0, 40, tzinfo=dt.UTC), tick=False):
        call_command("verify_audit")
    said = capsys.readouterr().out
    assert "2 lines not sealed yet, the oldest 40 seconds old" in said
    assert "Every sealed line is as it was written." in said


def test_a_reading_names_each_person_once(make_user: Callable[..., User]) -> None:
    looker = make_user("cora coordinator")
    audit.record_reading(Actor("user", user=looker), [7, 8, 7], "health", "list")
    assert list(ReadLine.objects.order_by("subject_id").values_list("subject_id", "why")) == [
        (7, "list"),
        (8, "list"),
    ]


def test_acting_for_somebody_is_in_the_line(make_user: Callable[..., User]) -> None:
    ann = make_user("ann dyson")
    audit.record(Actor("user", user=ann, acting_for=41), "test.sign")
    assert AuditLine.objects.get(action="test.sign").acting_for == 41
