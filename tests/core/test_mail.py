"""Mail goes out once its cause is committed, once, and never quietly not."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from django.core import mail as django_mail
from django.db import transaction
from django.utils import timezone

from core import mail
from core.models import OutboxMessage

pytestmark = pytest.mark.django_db


def queue(key: str = "welcome:1") -> OutboxMessage:
    return mail.queue_text(
        key=key, kind="welcome", to="alice@example.org", subject="Welcome", text="Hello Alice"
    )


def test_a_message_goes_out_after_the_commit(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        message = queue()
        assert django_mail.outbox == []
    assert [sent.subject for sent in django_mail.outbox] == ["Welcome"]
    message.refresh_from_db()
    assert (message.state, message.text) == ("sent", "")


@pytest.mark.django_db(transaction=True)
def test_a_cause_that_was_rolled_back_sends_nothing() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        queue()
        raise RuntimeError
    assert mail.sweep() == 0
    assert django_mail.outbox == []


def test_the_same_cause_twice_is_one_message() -> None:
    assert queue().pk == queue().pk
    mail.sweep()
    assert mail.sweep() == 0
    assert len(django_mail.outbox) == 1


def test_a_message_that_another_worker_has_claimed_is_left_to_it() -> None:
    message = queue()
    OutboxMessage.objects.filter(pk=message.pk).update(state="sending", claimed_at=timezone.now())
    assert mail.deliver(message.pk) is False
    assert django_mail.outbox == []


def test_a_claim_ten_minutes_old_belongs_to_a_dead_worker() -> None:
    message = queue()
    long_ago = timezone.now() - dt.timedelta(minutes=11)
    OutboxMessage.objects.filter(pk=message.pk).update(state="sending", claimed_at=long_ago)
    assert mail.sweep() == 1


def test_a_server_that_is_down_delays_the_message_and_says_so_in_the_end() -> None:
    message = queue()
    now = timezone.now()
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=ConnectionRefusedError):
        for _ in range(mail.MAX_ATTEMPTS):
            assert mail.deliver(message.pk, now) is False
            message.refresh_from_db()
            now = message.not_before
    assert (message.state, message.problem) == ("failed", "ConnectionRefusedError")
    assert message.text == "Hello Alice"


def test_a_message_that_cannot_be_sent_at_all_holds_up_no_other() -> None:
    broken = queue("broken:1")
    OutboxMessage.objects.filter(pk=broken.pk).update(subject="two\nlines")
    queue("good:1")
    assert mail.sweep() == 1
    broken.refresh_from_db()
    assert (broken.state, broken.problem) == ("waiting", "BadHeaderError")


def test_a_name_stands_in_a_message_as_it_is_written(settings: object, tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("Dear {{ name }} & Co, {{ society_name }} <{{ site_url }}>")
    templates = copy.deepcopy(settings.TEMPLATES)  # type: ignore[attr-defined]
    templates[0]["DIRS"] = [tmp_path]
    settings.TEMPLATES = templates  # type: ignore[attr-defined]
    settings.SOCIETY_NAME, settings.SITE_URL = "Weavers' Co-op", "https://weft.example.org"  # type: ignore[attr-defined]
    message = mail.queue(
        key="hello:1",
        kind="hello",
        to="alice@example.org",
        subject="Hello",
        template="hello.txt",
        context={"name": "Siobhán O'Hara"},
    )
    assert message.text == "Dear Siobhán O'Hara & Co, Weavers' Co-op <https://weft.example.org>"


def test_the_demo_keeps_the_text_to_show_it(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    message = queue()
    mail.sweep()
    message.refresh_from_db()
    assert message.text == "Hello Alice"
