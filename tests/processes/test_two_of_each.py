"""Two workers and one queue behave as one system: every message goes out once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core import audit, mail
from core.actors import SYSTEM
from core.models import AuditLine, ChainLink, OutboxMessage

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def two_workers(tmp_path: Path) -> Iterator[Path]:
    """Two Celery workers on the test database; mail is written to files, one each."""
    database = connection.settings_dict
    environment = os.environ | {
        "DATABASE_URL": (
            f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:"
            f"{database['PORT']}/{database['NAME']}"
        ),
        "DJANGO_SETTINGS_MODULE": "tests.processes.settings",
        "WEFT_VAR": str(tmp_path),
        "WEFT_MAIL": str(tmp_path / "mail"),
    }
    celery = Path(sys.executable).with_name("celery")
    workers = [
        subprocess.Popen(
            [
                celery,
                "--app",
                "config",
                "worker",
                "--concurrency",
                "1",
                "--pool",
                "solo",
                "--hostname",
                f"worker{number}@%h",
                "--loglevel",
                "warning",
            ],
            cwd=ROOT,
            env=environment,
        )
        for number in (1, 2)
    ]
    yield tmp_path / "mail"
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.wait(timeout=30)


def until(what: Any, seconds: float = 60) -> None:
    """Wait for other processes; give up, failing, after a while."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "the workers did not get there in time"
        time.sleep(0.2)


def test_two_workers_send_each_message_once(two_workers: Path, settings: Any) -> None:
    from celery import current_app

    from core.tasks import deliver_message, sweep_outbox

    settings.CELERY_TASK_ALWAYS_EAGER = False
    current_app.conf.task_always_eager = False
    current_app.conf.broker_url = os.environ["WEFT_REDIS_URL"]
    try:
        for number in range(40):
            message = mail.queue_text(
                key=f"test:{number}",
                kind="test",
                to=f"person{number}@example.org",
                subject=f"Message {number}",
                text="Hello",
            )
            for _ in range(3):
                deliver_message.delay(message.pk)
        sweep_outbox.delay()
        sweep_outbox.delay()
        until(lambda: OutboxMessage.objects.filter(state="sent").count() == 40)
        time.sleep(1)  # let the repeats run too: they must send nothing
    finally:
        current_app.conf.task_always_eager = True
    written = "".join(path.read_text() for path in two_workers.iterdir())
    assert [written.count(f"Subject: Message {n}\n") for n in range(40)] == [1] * 40
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


def test_two_workers_seal_each_line_once(two_workers: Path, settings: Any) -> None:
    from celery import current_app

    from core.tasks import chain_audit

    current_app.conf.task_always_eager = False
    current_app.conf.broker_url = os.environ["WEFT_REDIS_URL"]
    try:
        for number in range(300):
            audit.record(SYSTEM, "test.act", number=number)
            if number % 30 == 0:
                chain_audit.delay()
                chain_audit.delay()
        chain_audit.delay()
        until(
            lambda: (
                ChainLink.objects.filter(stream="audit").count() == AuditLine.objects.count() >= 300
            )
        )
    finally:
        current_app.conf.task_always_eager = True
    assert audit.verify("audit").is_sound
