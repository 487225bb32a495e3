"""Around every request: sign-in, second step, idle lock, security headers, refusals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from core.errors import RuleError
from core.models import User
from core.permissions import Role

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@login_not_required
def refuse(request: HttpRequest) -> HttpResponse:
    raise RuleError("The vote has closed.")


urlpatterns = [path("refuse/", refuse), path("", include("config.urls"))]


def test_health_is_told_to_a_load_balancer_that_names_no_host_we_know(client: Client) -> None:
    response = client.get("/healthz", headers={"host": "10.0.0.1"})
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_page(client: Client) -> None:
    response = client.get("/audit/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/audit/"


@pytest.mark.parametrize("where", ["/home/", "/audit/", "/editor/"])
def test_a_staff_role_without_a_second_step_gets_nowhere(
    client: Client, administrator: User, where: str
) -> None:
    client.force_login(administrator)
    response = client.get(where)
    assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/")


def test_with_a_second_step_staff_get_in(administrator: User, signed_in: SignIn) -> None:
    assert signed_in(administrator).get("/audit/").status_code == 200


def test_a_member_needs_no_second_step(client: Client, make_user: Callable[..., User]) -> None:
    client.force_login(make_user("mo member", Role.MEMBER))
    assert client.get("/home/").status_code == 200


def test_the_demo_session_flag_opens_nothing_outside_demo_mode(
    client: Client, secretary: User
) -> None:
    client.force_login(secretary)
    session = client.session
    session["demo_sign_in"] = True
    session.save()
    assert client.get("/home/")["Location"] == "/accounts/2fa/"


def test_outside_demo_mode_the_demo_s_doors_do_not_exist(client: Client, secretary: User) -> None:
    for where in ("/demo/", "/demo/outbox/"):
        assert client.get(where).status_code == 404
    assert client.post("/demo/sign-in/", {"email": secretary.email}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_staff_who_were_away_are_signed_out(secretary: User, signed_in: SignIn) -> None:
    noon = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
    with time_machine.travel(noon, tick=False):
        client = signed_in(secretary)
        assert client.get("/home/").status_code == 200
    with time_machine.travel(noon + dt.timedelta(minutes=29), tick=False):
        assert client.get("/home/").status_code == 200
    with time_machine.travel(noon + dt.timedelta(minutes=60), tick=False):
        assert client.get("/home/")["Location"] == "/accounts/login/?next=%2Fhome%2F"


def test_an_act_that_came_too_late_leads_home_and_not_to_its_address(
    secretary: User, signed_in: SignIn
) -> None:
    noon = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
    with time_machine.travel(noon, tick=False):
        client = signed_in(secretary)
        client.get("/home/")
    with time_machine.travel(noon + dt.timedelta(minutes=60), tick=False):
        response = client.post("/members/register/search/", {"q": "Ann"})
        assert response["Location"] == "/accounts/login/?next=%2Fhome%2F"


def test_no_browser_stores_what_somebody_signed_in_sees(
    secretary: User, signed_in: SignIn, client: Client
) -> None:
    desk = signed_in(secretary)
    for where in ("/home/", "/members/register/", "/members/join/"):
        assert desk.get(where)["Cache-Control"] == "no-store"
    assert client.get("/members/join/")["Cache-Control"] == "no-store"  # a computer may be shared
    assert "Cache-Control" not in client.get("/ui/")


def test_a_refused_request_leaves_its_address_out_of_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/calendar/secret-of-a-carer.ics").status_code == 404
    assert "secret-of-a-carer" not in caplog.text


def test_a_member_who_was_away_stays_signed_in(
    client: Client, make_user: Callable[..., User]
) -> None:
    noon = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)
    with time_machine.travel(noon, tick=False):
        client.force_login(make_user("mo member", Role.MEMBER))
        client.get("/home/")
    with time_machine.travel(noon + dt.timedelta(hours=20), tick=False):
        assert client.get("/home/").status_code == 200


def test_scripts_come_from_this_site_only(client: Client) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy


@override_settings(ROOT_URLCONF=__name__)
def test_a_rule_that_says_no_is_a_page_with_its_sentence(client: Client) -> None:
    response = client.get("/refuse/")
    assert response.status_code == 409
    assert "The vote has closed." in response.content.decode()


def test_an_address_that_takes_only_forms_says_so(secretary: User, signed_in: SignIn) -> None:
    page = signed_in(secretary).get("/members/acting/stop/")
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "only takes what a form sends" in page.content.decode()
