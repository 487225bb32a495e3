"""The demo co-op: what `make run` promises to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from config.demo_people import DEMO_PEOPLE
from core import audit
from core.models import AuditLine, User
from governance.models import Election, Result
from members.models import Application, Member, MemberClass
from rota.models import Carer, Rota
from services.models import PersonSupported, Visit

pytestmark = pytest.mark.django_db


def test_outside_demo_mode_nothing_is_made() -> None:
    with pytest.raises(CommandError, match="only for demo mode"):
        call_command("seed")
    assert not User.objects.exists()


@pytest.fixture
def co_op(settings: Any) -> Iterator[None]:
    settings.DEMO = True
    call_command("seed", verbosity=0)
    yield


def test_the_demo_is_a_living_co_op_and_a_second_run_changes_nothing(
    co_op: None, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    today = timezone.localdate()
    assert 200 <= Member.objects.active_on(today).count() <= 240
    assert MemberClass.objects.count() == 6
    assert all(c.members.exists() for c in MemberClass.objects.all())
    assert Application.objects.waiting().count() >= 5
    assert Election.objects.open_at(timezone.now()).count() >= 2
    assert Result.objects.published().count() >= 2
    assert PersonSupported.objects.count() == 60
    assert Carer.objects.count() == 30
    coming = Visit.objects.planned().filter(date__gte=today, date__lt=today + dt.timedelta(days=7))
    assert 600 <= coming.count() <= 800
    assert set(Rota.objects.values_list("state", flat=True)) >= {"draft", "published"}
    assert Page.objects.live().count() > 12
    assert User.objects.filter(email__in=DEMO_PEOPLE).count() == len(DEMO_PEOPLE)
    assert AuditLine.objects.filter(action="members.admit").exists()

    audit.seal("audit")
    assert audit.verify("audit").is_sound

    everyone_signs_in(client)

    lines = AuditLine.objects.count()
    call_command("demo")
    said = capsys.readouterr().out
    assert "there already" in said
    assert all(email in said for email in DEMO_PEOPLE)
    assert AuditLine.objects.count() == lines


def everyone_signs_in(client: Client) -> None:
    for email in DEMO_PEOPLE:
        response = client.post("/demo/sign-in/", {"email": email}, follow=True)
        assert response.status_code == 200, email
        assert response.request["PATH_INFO"] == "/home/"
    assert client.post("/demo/sign-in/", {"email": "eve@example.org"}).status_code == 404
    assert client.get("/demo/").status_code == 200
    assert client.get("/demo/outbox/").status_code == 200
    assert client.get("/").status_code == 200
