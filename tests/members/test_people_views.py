"""People and organisations on the screen; who looks like whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, ReadLine, User
from members.models import MemberClass, MergedPerson, Organisation, Person, SetApart
from members.operations import (
    Contact,
    add_organisation,
    add_person,
    appoint_representative,
    correct_person,
    end_representative,
    give_sign_in,
    register_member,
    set_apart,
)
from members.rules.duplicates import Alike, Known, likely_the_same
from tests.members.conftest import TODAY

pytestmark = pytest.mark.django_db

BORN = dt.date(1970, 5, 4)


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


@pytest.fixture
def twin(rita: Person) -> Person:
    """Rita once more."""
    return add_person(
        first_name="rita",
        last_name="SHAW",
        born=BORN,
        contact=Contact(phone="01632 960 001"),
        by=SYSTEM,
    )


# --- People --------------------------------------------------------------------------------------


def test_people_are_found_without_a_name_in_an_address(sita: Client, rita: Person) -> None:
    add_person(first_name="Bob", last_name="Haigh", by=SYSTEM)
    assert "Haigh, Bob" in sita.get("/members/people/").content.decode()
    assert sita.post("/members/people/search/", {"q": "weavers rita"}).url == "/members/people/"
    page = sita.get("/members/people/").content.decode()
    assert "Shaw, Rita" in page
    assert "Haigh, Bob" not in page
    assert ReadLine.objects.filter(subject_id=rita.pk, why="search").exists()
    sita.post("/members/people/search/", {"q": ""})
    assert "Haigh, Bob" in sita.get("/members/people/").content.decode()


def test_the_list_has_pages_and_takes_the_same_queries_whatever_the_rows(
    sita: Client,
    rita: Person,
    classes: dict[str, MemberClass],
    django_assert_num_queries: Callable[..., Any],
) -> None:
    register_member(person=rita, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    sita.get("/members/people/")  # the session's first visit writes to it
    with CaptureQueriesContext(connection) as few:
        assert ">1</td>" in sita.get("/members/people/").content.decode()
    before = len(few)
    for number in range(60):
        add_person(first_name=f"N{number}", last_name="Known", by=SYSTEM)
    with django_assert_num_queries(before):
        page = sita.get("/members/people/").content.decode()
    assert "?page=2" in page
    assert before < 20


def test_a_person_s_page_says_all_that_the_office_needs(
    sita: Client, rita: Person, classes: dict[str, MemberClass]
) -> None:
    register_member(person=rita, member_class=classes["community"], joined=TODAY, by=SYSTEM)
    trust = add_organisation(name="A trust", kind="charity", by=SYSTEM)
    appoint_representative(organisation=trust, person=rita, since=TODAY, by=SYSTEM)
    page = sita.get(f"/members/people/{rita.pk}/").content.decode()
    for words in ("rita@example.org", "4 May 1970", "Member 1", "A trust", "News and events"):
        assert words in page
    assert ReadLine.objects.filter(subject_id=rita.pk, why="page", group="contact").exists()
    assert sita.post(f"/members/people/{rita.pk}/sign-in/").status_code == 302
    assert "Yes, as rita@example.org" in sita.get(f"/members/people/{rita.pk}/").content.decode()


def test_a_person_s_page_takes_the_same_queries_whatever_hangs_on_them(
    sita: Client, rita: Person, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(5):
        trust = add_organisation(name=f"Trust {number}", kind="charity", by=SYSTEM)
        appoint_representative(organisation=trust, person=rita, since=TODAY, by=SYSTEM)
    sita.get(f"/members/people/{rita.pk}/")
    with django_assert_max_num_queries(28):
        sita.get(f"/members/people/{rita.pk}/")


def test_somebody_who_looks_like_somebody_known_is_asked_about(sita: Client, rita: Person) -> None:
    typed = {"first_name": "Rita", "last_name": "Shaw", "born": "4 May 1970", "format": "standard"}
    asked = sita.post("/members/people/add/", typed)
    assert asked.status_code == 400
    assert "Is it one of these?" in asked.content.decode()
    assert Person.objects.count() == 1
    made = sita.post("/members/people/add/", typed | {"sure": "on"})
    assert made.status_code == 302
    assert Person.objects.count() == 2
    other = typed | {"first_name": "Zoe", "born": ""}
    assert sita.post("/members/people/add/", other).status_code == 302


def test_names_and_birthdays_are_put_right(sita: Client, rita: Person) -> None:
    url = f"/members/people/{rita.pk}/edit/"
    refused = sita.post(url, {"first_name": "Rita", "last_name": "Shaw", "born": "5 May 2027"})
    assert "in the future" in refused.content.decode()
    sita.post(url, {"first_name": "Rita", "last_name": "Shaw-Lumb", "born": "5 May 1970"})
    rita.refresh_from_db()
    assert (str(rita), rita.born) == ("Rita Shaw-Lumb", dt.date(1970, 5, 5))
    line = AuditLine.objects.get(action="members.correct_person")
    assert line.data == {"fields": ["last_name", "born"]}


def test_putting_right_nothing_leaves_no_line(rita: Person, by: Actor) -> None:
    correct_person(person=rita, first_name="Rita", last_name="Shaw", born=BORN, by=by)
    assert not AuditLine.objects.filter(action="members.correct_person").exists()


def test_contact_details_are_changed_on_a_person_s_page(sita: Client, rita: Person) -> None:
    url = f"/members/people/{rita.pk}/contact/"
    assert sita.post(url, {"postcode": "nowhere", "format": "standard"}).status_code == 400
    sita.post(url, {"postcode": "qx7 2ab", "format": "standard"})
    rita.refresh_from_db()
    assert rita.postcode == "QX7 2AB"


# --- Organisations -------------------------------------------------------------------------------


def test_an_organisation_and_who_acts_for_it_from_when_until_when(
    sita: Client, rita: Person
) -> None:
    made = sita.post("/members/organisations/add/", {"name": "A trust", "kind": "charity"})
    trust = Organisation.objects.get()
    assert made.url == f"/members/organisations/{trust.pk}/representative/"
    assert sita.post(made.url, {"q": "rita"}).url == made.url
    noted = sita.post(made.url, {"person": rita.pk, "since": "1 February 2026"})
    assert noted.url == f"/members/organisations/{trust.pk}/"
    assert "since 1 February 2026" in sita.get(noted.url).content.decode()
    end = f"{made.url}end/"
    assert sita.post(end, {"until": "3 March 2026"}).status_code == 400  # today is not over
    assert sita.post(end, {"until": "2 March 2026"}).status_code == 302
    page = sita.get(noted.url).content.decode()
    assert "Nobody acts for it now" in page
    assert "1 February 2026 until 2 March 2026" in page
    assert sita.get(end).status_code == 404
    assert "A trust" in sita.get("/members/organisations/").content.decode()
    sita.post("/members/organisations/search/", {"q": "nothing like it"})
    assert "None fits." in sita.get("/members/organisations/").content.decode()
    contact = f"/members/organisations/{trust.pk}/contact/"
    assert sita.post(contact, {"email": "hello@example.org"}).status_code == 302


def test_that_an_organisation_is_a_society_is_said_on_its_page(sita: Client) -> None:
    form = {"name": "A trust", "kind": "co-op", "is_society": "on"}
    said = {"name": "A trust", "kind": "charity", "email_purposes": "nothing"}
    sita.post("/members/organisations/add/", form)
    trust = Organisation.objects.get()
    page, edit = f"/members/organisations/{trust.pk}/", f"/members/organisations/{trust.pk}/edit/"
    assert "itself a registered society" in sita.get(page).content.decode()
    assert sita.post(edit, {"name": "", "kind": "co-op"}).status_code == 400
    assert sita.post(edit, said).url == page
    trust.refresh_from_db()
    assert (trust.email_purposes, trust.reads_email) == ("", False)
    assert "itself a registered society" not in sita.get(page).content.decode()


def test_who_acts_no_more_loses_what_came_with_it(
    rita: Person, by: Actor, classes: dict[str, MemberClass]
) -> None:
    user = give_sign_in(person=rita, by=SYSTEM)
    trust = add_organisation(name="A trust", kind="charity", by=SYSTEM)
    register_member(
        organisation=trust,
        member_class=classes["organisation"],
        joined=dt.date(2026, 1, 6),
        by=SYSTEM,
    )
    acting = appoint_representative(
        organisation=trust, person=rita, since=dt.date(2026, 2, 1), by=SYSTEM
    )
    assert User.objects.get(pk=user.pk).has_perm("governance.vote")
    with pytest.raises(RuleError, match="before the first"):
        end_representative(representative=acting, until=dt.date(2026, 1, 1), by=by)
    end_representative(representative=acting, until=dt.date(2026, 3, 2), by=by)
    assert not User.objects.get(pk=user.pk).has_perm("governance.vote")
    with pytest.raises(RuleError, match="ended already"):
        end_representative(representative=acting, until=dt.date(2026, 3, 2), by=by)


def test_the_secretary_alone_says_who_acts_for_an_organisation_and_who_no_more(
    rita: Person,
    coordinator: User,
    signed_in: Callable[[User], Client],
    as_user: Callable[[User], Actor],
    sita: Client,
) -> None:
    trust = add_organisation(name="A trust", kind="charity", by=SYSTEM)
    since = dt.date(2026, 2, 1)
    with pytest.raises(PermissionDenied):
        appoint_representative(
            organisation=trust, person=rita, since=since, by=as_user(coordinator)
        )
    acting = appoint_representative(organisation=trust, person=rita, since=since, by=SYSTEM)
    with pytest.raises(PermissionDenied):
        end_representative(
            representative=acting, until=dt.date(2026, 3, 2), by=as_user(coordinator)
        )
    cora, page = signed_in(coordinator), f"/members/organisations/{trust.pk}/"
    for door in ("representative/", "representative/end/"):
        assert f"{page}{door}" not in cora.get(page).content.decode()
        assert cora.get(f"{page}{door}").status_code == 403
        assert f"{page}{door}" in sita.get(page).content.decode()
        assert sita.get(f"{page}{door}").status_code == 200
    assert "The secretary says who acts for it" in cora.get(page).content.decode()


# --- Who looks like whom -------------------------------------------------------------------------


def known(pk: int, **facts: Any) -> Known:
    told = {"first_name": "Ann", "last_name": "Shaw", "born": None, "email": "", "phone": ""}
    return Known(pk, **told | facts)


@pytest.mark.parametrize(
    ("first", "second", "because"),
    [
        ({"email": "a@x.org"}, {"email": "A@X.org"}, ("the same e-mail address",)),
        ({"born": BORN}, {"born": BORN, "last_name": "SHAW"}, ("the same name and date of birth",)),
        ({"born": BORN}, {"born": None}, ()),
        ({"born": BORN}, {"born": BORN, "first_name": "Anna"}, ()),
        (
            {"phone": "01632 960 001"},
            {"phone": "+44 1632 960001", "first_name": "Bob"},
            ("the same phone number and surname",),
        ),
        ({"phone": "01632 960 001"}, {"phone": "01632 960 001", "last_name": "Haigh"}, ()),
        ({}, {}, ()),
    ],
)
def test_two_rows_look_alike_by_what_they_share(
    first: dict[str, Any], second: dict[str, Any], because: tuple[str, ...]
) -> None:
    found = likely_the_same([known(1, **first), known(2, **second)])
    assert found == ([Alike(1, 2, because)] if because else [])


def test_those_with_most_in_common_come_first_and_those_set_apart_not_at_all() -> None:
    people = [
        known(1, email="a@x.org"),
        known(2, email="a@x.org"),
        known(3, email="b@x.org", born=BORN),
        known(4, email="b@x.org", born=BORN),
    ]
    assert [(pair.first, pair.second) for pair in likely_the_same(people)] == [(3, 4), (1, 2)]
    assert [pair.first for pair in likely_the_same(people, [(4, 3)])] == [1]


def test_what_very_many_share_makes_no_list_without_end() -> None:
    """2,000 people behind one office's e-mail address, among 10,000."""
    people = [
        Known(n, f"N{n}", "Dyson", None, "office@x.org" if n < 2000 else f"{n}@x.org", "")
        for n in range(10_000)
    ]
    assert len(likely_the_same(people)) == 1999
    assert len(likely_the_same(people[:20])) == 190


def test_look_alikes_are_listed_compared_and_made_one(
    sita: Client, rita: Person, twin: Person
) -> None:
    listed = sita.get("/members/people/same/").content.decode()
    merge = f"/members/people/{rita.pk}/merge/{twin.pk}/"
    assert merge in listed
    assert "the same name and date of birth" in listed
    page = sita.get(merge).content.decode()
    assert "This cannot be undone" in page
    assert f"Type {twin.pk} to say that you are sure" in page
    assert f"/members/people/{twin.pk}/merge/{rita.pk}/" in page  # the other way round
    refused = sita.post(merge, {"number": rita.pk})
    assert refused.status_code == 400
    assert Person.objects.count() == 2
    assert sita.post(merge, {"number": twin.pk}).url == f"/members/people/{rita.pk}/"
    assert MergedPerson.objects.get().kept == rita
    # Its old address leads to the row that stayed.
    assert sita.get(f"/members/people/{twin.pk}/").url == f"/members/people/{rita.pk}/"
    assert sita.get(merge).status_code == 404


def test_look_alikes_that_are_two_are_not_asked_about_again(
    sita: Client, rita: Person, twin: Person
) -> None:
    sita.post(f"/members/people/{rita.pk}/apart/{twin.pk}/")
    assert SetApart.objects.count() == 1
    assert "Nobody looks like somebody else." in sita.get("/members/people/same/").content.decode()


def test_a_row_that_no_list_shows_is_found_by_name(sita: Client, rita: Person) -> None:
    other = add_person(first_name="Margarita", last_name="Lumb", by=SYSTEM)
    url = f"/members/people/{rita.pk}/same/"
    assert sita.post(url, {"q": "margarita"}).url == url
    page = sita.get(url).content.decode()
    assert f"/members/people/{rita.pk}/merge/{other.pk}/" in page


def test_the_list_of_look_alikes_takes_the_same_queries_whatever_the_rows(
    sita: Client, rita: Person, twin: Person, django_assert_num_queries: Callable[..., Any]
) -> None:
    sita.get("/members/people/same/")
    with CaptureQueriesContext(connection) as few:
        sita.get("/members/people/same/")
    before = len(few)
    for number in range(30):
        for _ in range(2):
            add_person(first_name=f"N{number}", last_name="Twin", born=BORN, by=SYSTEM)
    with django_assert_num_queries(before):
        page = sita.get("/members/people/same/").content.decode()
    assert "?page=2" in page


def test_coordinators_keep_people_and_merge_nobody(
    rita: Person,
    twin: Person,
    coordinator: User,
    signed_in: Callable[[User], Client],
    as_user: Callable[[User], Actor],
) -> None:
    cora = signed_in(coordinator)
    assert cora.get(f"/members/people/{rita.pk}/").status_code == 200
    assert cora.get(f"/members/people/{rita.pk}/merge/{twin.pk}/").status_code == 403
    with pytest.raises(PermissionDenied):
        set_apart(first=rita, second=twin, by=as_user(coordinator))
