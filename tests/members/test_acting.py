"""Acting for somebody: noted from what was seen, for some matters, from a day until a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, ReadLine, User
from core.operations import grant_role
from core.permissions import Role
from members.acting import Scope, scopes_of, subject_of
from members.models import Authority, MemberClass, Person
from members.operations import (
    Contact,
    add_person,
    change_contact,
    change_needs,
    end_authority,
    give_sign_in,
    note_consent,
    record_authority,
    register_member,
)
from members.rules.authority import COVERS
from members.rules.needs import Needs
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def joan(db: None) -> Person:
    """Joan Dyson, for whom her daughter acts."""
    return add_person(
        first_name="Joan",
        last_name="Dyson",
        contact=Contact(email="joan@example.org", phone="01632 960 001"),
        by=SYSTEM,
    )


@pytest.fixture
def ann(db: None) -> Person:
    """Ann Dyson, Joan's daughter, who signs in."""
    person = add_person(
        first_name="Ann", last_name="Dyson", contact=Contact(email="ann@example.org"), by=SYSTEM
    )
    give_sign_in(person=person, by=SYSTEM)
    person.refresh_from_db()
    return person


@pytest.fixture
def note(joan: Person, ann: Person, by: Actor) -> Callable[..., Authority]:
    """`note("attorney_money", ["money"])` → Ann may act for Joan, from today."""

    def make(ground: str, scope: list[str], **changes: Any) -> Authority:
        told = {
            "person": joan,
            "acting": ann,
            "since": TODAY,
            "evidence": "Registered power, number 7001",
            "seen_on": TODAY,
        }
        return record_authority(**told | changes, ground=ground, scope=scope, by=by)

    return make


def holds(person: Person, by: Person, scope: str, day: dt.date = TODAY) -> bool:
    return Authority.objects.covering(person, by, scope, day).exists()


# --- What is noted -------------------------------------------------------------------------------


def test_an_authority_says_what_was_seen_by_whom_and_when(
    note: Callable[..., Authority], secretary: User
) -> None:
    noted = note("attorney_money", ["money", "membership"])
    assert (noted.evidence, noted.seen_on) == ("Registered power, number 7001", TODAY)
    assert noted.seen_by == secretary
    assert noted.scope_words == "Membership, shares and money"


@pytest.mark.parametrize("ground", sorted(COVERS))
def test_a_ground_covers_its_own_matters_and_no_others(
    ground: str, note: Callable[..., Authority], joan: Person, ann: Person
) -> None:
    """An attorney for money sees shares and invoices, and no health."""
    note(ground, sorted(COVERS[ground]))
    for scope in Scope.values:
        assert holds(joan, ann, scope) == (scope in COVERS[ground])
        assert not holds(ann, joan, scope)


def test_an_attorney_for_money_opens_no_health(note: Callable[..., Authority]) -> None:
    with pytest.raises(RuleError) as refused:
        note("attorney_money", ["money", "care"])
    assert refused.value.field == "scope"
    with pytest.raises(RuleError, match="does not cover"):
        note("attorney_health", ["money"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"evidence": " "}, "evidence"),
        ({"seen_on": None}, "seen_on"),
        ({"seen_on": dt.date(2026, 3, 4)}, "seen_on"),
        ({"until": dt.date(2026, 3, 2)}, "until"),
        ({"since": dt.date(2026, 1, 1), "until": dt.date(2026, 2, 1)}, "until"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    changes: dict[str, Any], field: str, note: Callable[..., Authority]
) -> None:
    with pytest.raises(RuleError) as refused:
        note("deputy", ["money"], **changes)
    assert refused.value.field == field


def test_a_helper_needs_no_paper(note: Callable[..., Authority]) -> None:
    assert note("helper", ["membership"], evidence="", seen_on=None).seen_by is None


def test_nobody_acts_for_themselves_or_for_the_dead(
    note: Callable[..., Authority], joan: Person, ann: Person
) -> None:
    with pytest.raises(RuleError, match="themselves"):
        note("helper", ["membership"], acting=joan)
    joan.died_on = TODAY
    joan.save()
    with pytest.raises(RuleError, match="death"):
        note("helper", ["membership"])


def test_the_same_ground_twice_at_a_time_is_refused(note: Callable[..., Authority]) -> None:
    note("deputy", ["money"], until=dt.date(2026, 6, 30))
    with pytest.raises(RuleError, match="noted already"):
        note("deputy", ["care"])
    note("deputy", ["money"], since=dt.date(2026, 7, 1))


# --- From when until when ------------------------------------------------------------------------


def test_it_holds_from_its_first_day_to_its_last(
    note: Callable[..., Authority], joan: Person, ann: Person
) -> None:
    note("deputy", ["money"], since=dt.date(2026, 4, 1), until=dt.date(2026, 4, 30))
    days = [dt.date(2026, 3, 31), dt.date(2026, 4, 1), dt.date(2026, 4, 30), dt.date(2026, 5, 1)]
    assert [holds(joan, ann, "money", day) for day in days] == [False, True, True, False]


def test_it_ends_with_a_death(note: Callable[..., Authority], joan: Person, ann: Person) -> None:
    note("attorney_money", ["money"])
    joan.died_on = TODAY
    joan.save()
    assert not holds(joan, ann, "money")


def test_one_that_is_ended_holds_no_more_from_that_moment(
    note: Callable[..., Authority], joan: Person, ann: Person, by: Actor
) -> None:
    noted = note("attorney_money", ["money"])
    end_authority(authority=noted, because="Revoked", by=by)
    assert not holds(joan, ann, "money")
    with pytest.raises(RuleError, match="ended already"):
        end_authority(authority=noted, because="Revoked", by=by)
    with pytest.raises(RuleError, match="why"):
        end_authority(authority=note("deputy", ["money"]), because=" ", by=by)


def test_who_may_end_it(
    note: Callable[..., Authority],
    joan: Person,
    ann: Person,
    stranger: User,
    as_user: Callable[[User], Actor],
) -> None:
    own = as_user(give_sign_in(person=joan, by=SYSTEM))
    assert ann.user
    attorney, helper = note("attorney_money", ["money"]), note("helper", ["membership"])
    with pytest.raises(PermissionDenied):  # an attorney is not sent away on a website
        end_authority(authority=attorney, because="I wish it", by=own)
    with pytest.raises(PermissionDenied):
        end_authority(authority=helper, because="I wish it", by=as_user(stranger))
    end_authority(authority=helper, because="I manage", by=own)
    end_authority(authority=attorney, because="I give it up", by=as_user(ann.user))


# --- Choosing for whom one acts ------------------------------------------------------------------


@pytest.fixture
def hers(ann: Person, signed_in: Callable[[User], Client]) -> Client:
    """Ann at her computer."""
    assert ann.user
    return signed_in(ann.user)


def start(client: Client, authority: Authority) -> None:
    assert client.post(f"/members/acting/{authority.pk}/").status_code == 302


def test_every_page_and_line_says_for_whom_somebody_acts(
    hers: Client,
    note: Callable[..., Authority],
    joan: Person,
    classes: dict[str, MemberClass],
    secretary: User,
    signed_in: Callable[[User], Client],
) -> None:
    register_member(person=joan, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    noted = note("attorney_money", ["membership", "money"])
    assert "Joan Dyson" in hers.get("/home/").content.decode()
    start(hers, noted)
    page = hers.get("/members/me/").content.decode()
    assert "You are acting for <strong>Joan Dyson</strong>" in page
    assert "Membership of Joan Dyson" in page
    assert "Joan" not in page.split("<title>")[1].split("</title>")[0]
    assert "You are acting for" in hers.get("/meetings/").content.decode()
    hers.post("/members/me/contact/", {"phone": "01632 960 009", "format": "standard"})
    joan.refresh_from_db()
    assert joan.phone == "01632 960 009"
    line = AuditLine.objects.get(action="members.change_contact")
    assert (line.user, line.acting_for) == (noted.by.user, joan.pk)
    assert ReadLine.objects.filter(subject_id=joan.pk, acting_for=joan.pk).exists()
    trail = signed_in(secretary).get("/audit/").content.decode()
    assert "acting for Joan Dyson" in trail


def test_who_stops_acting_is_themselves_again(
    hers: Client, note: Callable[..., Authority], ann: Person
) -> None:
    start(hers, note("attorney_money", ["membership"]))
    hers.post("/members/acting/stop/")
    page = hers.get("/members/me/").content.decode()
    assert "You are acting for" not in page
    assert "My membership" in page


def test_an_authority_that_ends_opens_nothing_from_the_next_page_on(
    hers: Client, note: Callable[..., Authority], joan: Person, by: Actor
) -> None:
    noted = note("attorney_money", ["membership"])
    start(hers, noted)
    end_authority(authority=noted, because="Revoked", by=by)
    page = hers.get("/members/me/").content.decode()
    assert "Joan" not in page
    assert "that authority has ended" in page


def test_an_authority_that_runs_out_opens_nothing_the_day_after(
    hers: Client, note: Callable[..., Authority]
) -> None:
    start(hers, note("deputy", ["membership"], until=TODAY))
    with time_machine.travel(dt.datetime(2026, 3, 4, 0, 30, tzinfo=dt.UTC)):
        assert "Joan" not in hers.get("/members/me/").content.decode()


def test_somebody_else_s_authority_cannot_be_chosen(
    note: Callable[..., Authority], stranger: User, signed_in: Callable[[User], Client]
) -> None:
    noted = note("attorney_money", ["membership"])
    other = signed_in(stranger)
    assert other.post(f"/members/acting/{noted.pk}/").status_code == 404
    assert other.get(f"/members/acting/{noted.pk}/end/").status_code == 404
    session = other.session
    session["acting_for"] = noted.person_id  # as somebody who could write in it
    session.save()
    assert "Joan" not in other.get("/members/me/").content.decode()


@pytest.mark.parametrize("path", ["contact/", "needs/"])
def test_matters_of_membership_are_closed_to_an_attorney_for_health(
    path: str, hers: Client, note: Callable[..., Authority]
) -> None:
    start(hers, note("attorney_health", ["care"]))
    assert hers.get(f"/members/me/{path}").status_code == 403
    assert hers.get("/members/me/").url == "/members/acting/"  # which says what is covered


def test_subject_of_says_whose_page_it_is(
    note: Callable[..., Authority], joan: Person, ann: Person, stranger: User, rf: RequestFactory
) -> None:
    note("attorney_money", ["money"])
    request: Any = rf.get("/")
    request.user, request.acting_for = ann.user, None
    assert subject_of(request, Scope.MONEY) == ann
    request.acting_for = joan.pk
    assert subject_of(request, Scope.MONEY) == joan
    with pytest.raises(PermissionDenied):
        subject_of(request, Scope.CARE)
    request.user, request.acting_for = stranger, None
    with pytest.raises(Http404):
        subject_of(request, Scope.MONEY)


def test_scopes_of_several_authorities_add_up(
    note: Callable[..., Authority], joan: Person, ann: Person
) -> None:
    note("attorney_money", ["money"])
    note("attorney_health", ["care"])
    assert ann.user
    assert scopes_of(joan, ann.user, TODAY) == {"money", "care"}


def test_who_acts_for_another_speaks_for_that_person_alone(
    note: Callable[..., Authority], joan: Person, ann: Person
) -> None:
    note("attorney_money", ["membership"])
    acting = Actor("user", user=ann.user, acting_for=joan.pk)
    with pytest.raises(PermissionDenied):
        change_contact(of=ann, contact=Contact(), by=acting)
    change_needs(person=joan, needs=Needs(language="Urdu"), by=acting)
    note_consent(person=joan, purpose="news", given=True, how="web", by=acting)
    assert joan.consents.get().given


def test_a_page_asks_once_more_and_only_while_acting(
    hers: Client, note: Callable[..., Authority], django_assert_num_queries: Callable[..., Any]
) -> None:
    noted = note("attorney_money", ["membership"])
    hers.get("/members/acting/")  # the session's first visit writes to it
    with CaptureQueriesContext(connection) as usual:
        hers.get("/members/acting/")
    before = len(usual)
    start(hers, noted)
    with django_assert_num_queries(before + 1):
        hers.get("/members/acting/")


# --- The secretary's screens ---------------------------------------------------------------------


def test_staff_find_who_acts_and_note_what_they_have_seen(
    joan: Person, ann: Person, secretary: User, signed_in: Callable[[User], Client]
) -> None:
    sita = signed_in(secretary)
    url = f"/members/people/{joan.pk}/acting/"
    assert sita.post(url, {"q": "ann dyson"}).url == url  # no name in an address
    assert "Ann Dyson" in sita.get(url).content.decode()
    form = {
        "acting": ann.pk,
        "ground": "attorney_money",
        "scope": ["money", "membership"],
        "since": "1 March 2026",
        "evidence": "Registered power, number 7001",
        "seen_on": "2 March 2026",
    }
    refused = sita.post(url, form | {"scope": ["care"]})
    assert refused.status_code == 400
    assert "does not cover" in refused.content.decode()
    assert sita.post(url, form).status_code == 302
    page = sita.get(f"/members/people/{joan.pk}/").content.decode()
    assert "Attorney for money and property" in page
    assert "by Sita Secretary" in page
    noted = Authority.objects.get()
    end = f"/members/acting/{noted.pk}/end/"
    assert sita.post(end, {"because": "Revoked"}).url == f"/members/people/{joan.pk}/"
    assert "Revoked" in sita.get(f"/members/people/{joan.pk}/").content.decode()


# --- Forms that were opened for somebody else ----------------------------------------------------


def token_of(page: Any) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


@pytest.fixture
def checked(ann: Person) -> Client:
    """Ann's browser, whose forms are checked as on the real site."""
    assert ann.user
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann.user)
    return client


def press(client: Client, on: str, url: str, **typed: str) -> Any:
    return client.post(url, {"csrfmiddlewaretoken": token_of(client.get(on)), **typed})


def test_a_form_opened_for_somebody_saves_nothing_once_the_reader_stopped_acting(
    checked: Client, note: Callable[..., Authority], joan: Person, ann: Person
) -> None:
    noted = note("attorney_money", ["membership"])
    press(checked, "/members/acting/", f"/members/acting/{noted.pk}/")
    about_joan = token_of(checked.get("/members/me/contact/"))
    press(checked, "/members/acting/", "/members/acting/stop/")
    form = {"email": "joan.new@example.org", "format": "standard"}
    kept = checked.post("/members/me/contact/", form | {"csrfmiddlewaretoken": about_joan})
    assert kept.status_code == 409
    page = kept.content.decode()
    assert "no longer acting for anybody" in page
    assert "joan.new@example.org" in page  # what was typed is not lost
    assert about_joan not in page
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"
    assert press(checked, "/members/me/contact/", "/members/me/contact/", **form).status_code == 302


def test_a_form_opened_for_oneself_saves_nothing_once_the_reader_acts_for_somebody(
    checked: Client, note: Callable[..., Authority], joan: Person
) -> None:
    noted = note("attorney_money", ["membership"])
    about_ann = token_of(checked.get("/members/me/contact/"))
    press(checked, "/members/acting/", f"/members/acting/{noted.pk}/")
    form = {"email": "ann.new@example.org", "csrfmiddlewaretoken": about_ann}
    kept = checked.post("/members/me/contact/", form)
    assert kept.status_code == 409
    assert "You are acting for Joan Dyson now" in kept.content.decode()
    joan.refresh_from_db()
    assert joan.email == "joan@example.org"


def test_a_form_saves_nothing_once_the_authority_has_ended(
    hers: Client, note: Callable[..., Authority], ann: Person, by: Actor
) -> None:
    noted = note("attorney_money", ["membership"])
    start(hers, noted)
    end_authority(authority=noted, because="Revoked", by=by)
    kept = hers.post("/members/me/contact/", {"email": "x@example.org", "format": "standard"})
    assert kept.status_code == 409
    assert "has ended since" in kept.content.decode()
    assert "you have changed for whom you act" not in kept.content.decode()
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"


def test_a_form_left_open_says_that_the_authority_ended_whatever_was_opened_meanwhile(
    checked: Client, note: Callable[..., Authority], by: Actor
) -> None:
    noted = note("attorney_money", ["membership"])
    press(checked, "/members/acting/", f"/members/acting/{noted.pk}/")
    about_joan = token_of(checked.get("/members/me/contact/"))
    end_authority(authority=noted, because="Revoked", by=by)
    checked.get("/home/")
    form = {"email": "x@example.org", "csrfmiddlewaretoken": about_joan}
    kept = checked.post("/members/me/contact/", form)
    assert kept.status_code == 409
    assert "has ended since" in kept.content.decode()


def test_a_form_without_a_token_is_refused_as_ever(checked: Client) -> None:
    assert checked.post("/members/acting/stop/").status_code == 403


# --- Staff who act for somebody ------------------------------------------------------------------


def test_staff_pages_are_closed_while_acting(
    joan: Person,
    note: Callable[..., Authority],
    ann: Person,
    by: Actor,
    signed_in: Callable[[User], Client],
) -> None:
    """What a coordinator does as one is never written down as done for somebody else."""
    assert ann.user
    grant_role(user=ann.user, role=Role.COORDINATOR, since=TODAY, by=SYSTEM)
    cora = signed_in(ann.user)
    assert cora.get("/members/people/").status_code == 200
    start(cora, note("helper", ["membership"]))
    for url in ("/members/people/", f"/members/people/{ann.pk}/needs/", "/editor/"):
        closed = cora.get(url)
        assert closed.status_code == 403
        assert "Stop acting" in closed.content.decode()
    assert 'href="/members/people/"' not in cora.get("/members/me/").content.decode()
    acting = Actor("user", user=User.objects.get(pk=ann.user.pk), acting_for=joan.pk)
    with pytest.raises(PermissionDenied):
        change_needs(person=ann, needs=Needs(language="Urdu"), by=acting)
    cora.post("/members/acting/stop/")
    assert cora.get("/members/people/").status_code == 200


def test_nobody_votes_while_acting_for_another(
    joan: Person,
    note: Callable[..., Authority],
    ann: Person,
    signed_in: Callable[[User], Client],
) -> None:
    """A vote would be cast in one's own name beneath the other's."""
    assert ann.user
    grant_role(user=ann.user, role=Role.MEMBER, since=TODAY, by=SYSTEM)
    client = signed_in(ann.user)
    start(client, note("helper", ["membership"]))
    for url in ("/meetings/", "/meetings/votes/", "/meetings/proposals/"):
        closed = client.get(url)
        assert closed.status_code == 403
        assert "Nobody votes for another" in closed.content.decode()
    client.post("/members/acting/stop/")
    assert client.get("/meetings/votes/").status_code == 200
