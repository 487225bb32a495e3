"""Acting for somebody: in every line of the trail by name, and on every page with a way out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils.html import strip_tags

from core import audit
from core.actors import VISITOR, Actor, actor_of
from core.models import AuditLine, User
from core.permissions import Role

JOAN = 41


def acts_for_joan(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """What members' middleware does, for everybody and for Joan."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.acting_for, request.acting_for_name = JOAN, "Joan Dyson"
        return get_response(request)

    return middleware


def sign(request: HttpRequest) -> HttpResponse:
    audit.record(actor_of(request), "test.sign")
    return HttpResponse()


_members = [path("stop-acting/", sign, name="stop_acting")]
urlpatterns = [
    path("sign/", sign),
    path("me/", include((_members, "members"))),
]


@pytest.fixture
def acting(settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.acts_for_joan"]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[Collection[int]]:
    """What members registers; the list holds what was asked, one entry a question."""
    asked: list[Collection[int]] = []

    def know(ids: Collection[int]) -> dict[int, str]:
        asked.append(ids)
        return {JOAN: "Joan Dyson"}

    monkeypatch.setattr(audit, "PERSON_NAMES", know)
    return asked


@pytest.fixture
def ann(make_user: Callable[..., User]) -> User:
    return make_user("ann dyson", Role.MEMBER)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(html))


# --- Who acts, for whom --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("acting")
def test_an_act_for_somebody_is_written_down_as_such(ann: User, client: Client) -> None:
    client.force_login(ann)
    client.get("/sign/")
    line = AuditLine.objects.get(action="test.sign")
    assert (line.user, line.acting_for) == (ann, JOAN)


def test_a_visitor_acts_for_nobody(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user, request.acting_for = AnonymousUser(), JOAN
    assert actor_of(request) == VISITOR


@pytest.mark.parametrize("chosen", [{}, {"acting_for": None}])
def test_whoever_chose_nobody_acts_for_themselves(rf: RequestFactory, chosen: Any) -> None:
    request = rf.get("/")
    request.user = User(pk=7)
    request.__dict__ |= chosen
    assert actor_of(request) == Actor("user", user=request.user)


# --- The trail -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_trail_says_who_acted_for_whom_by_name(
    ann: User, secretary: User, signed_in: Callable[[User], Client], names: list[Collection[int]]
) -> None:
    for _ in range(3):
        audit.record(Actor("user", user=ann, acting_for=JOAN), "test.sign")
    audit.record(Actor("user", user=ann, acting_for=12), "test.sign")
    audit.record(Actor("user", user=ann), "test.sign")
    page = words(signed_in(secretary).get("/audit/", {"action": "sign"}).content.decode())
    assert page.count("Ann Dyson acting for Joan Dyson Sign") == 3
    assert page.count("Ann Dyson acting for person 12 Sign") == 1
    assert page.count("Ann Dyson Sign") == 1
    assert names == [{JOAN, 12}]


@pytest.mark.django_db
def test_a_longer_trail_asks_no_more_questions(
    ann: User,
    secretary: User,
    signed_in: Callable[[User], Client],
    names: list[Collection[int]],
) -> None:
    client = signed_in(secretary)
    client.get("/audit/")
    with CaptureQueriesContext(connection) as few:
        client.get("/audit/")
    for number in range(20):
        audit.record(Actor("user", user=ann, acting_for=JOAN + number), "test.sign")
    with CaptureQueriesContext(connection) as many:
        client.get("/audit/")
    assert len(many) == len(few)


def test_whom_nobody_knows_any_more_is_called_by_number(names: list[Collection[int]]) -> None:
    assert audit.names_of_people([JOAN, None, 12]) == {JOAN: "Joan Dyson", 12: "person 12"}
    assert audit.names_of_people([None]) == {}
    assert names == [{JOAN, 12}]


# --- The bar -------------------------------------------------------------------------------------


def bar(**request: Any) -> str:
    return render_to_string("core/includes/acting.html", {"request": SimpleNamespace(**request)})


@pytest.mark.urls(__name__)
def test_the_bar_names_the_person_and_offers_to_stop() -> None:
    shown = bar(acting_for_name="Joan <Dyson>")
    assert "You are acting for Joan &lt;Dyson&gt;" in words(shown)
    assert '<form method="post" action="/me/stop-acting/">' in shown
    assert "Stop acting" in shown


def test_there_is_no_bar_for_those_who_act_for_themselves() -> None:
    assert bar().strip() == bar(acting_for_name="").strip() == ""


@pytest.mark.django_db
@pytest.mark.usefixtures("acting")
@pytest.mark.parametrize("where", ["/home/", "/audit/", "/ui/"])
def test_the_bar_is_in_every_shell(
    secretary: User, signed_in: Callable[[User], Client], where: str
) -> None:
    page = signed_in(secretary).get(where).content.decode()
    assert "You are acting for Joan Dyson" in words(page)
    assert "Joan" not in re.search("<title>(.*?)</title>", page, re.DOTALL)[1]
