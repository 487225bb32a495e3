"""The register of interests: declared, ended, confirmed each year, and seen by the right people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import RuleError
from core.models import User
from governance import operations as ops
from governance.models import Body, Interest, InterestsConfirmed
from governance.sitting import sitting_on
from members.models import Person
from tests.governance.conftest import TODAY, Society

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def said(response: Any) -> str:
    return unescape(response.content.decode())


def body(society: Society, name: str) -> Body:
    since = dt.date(2025, 1, 1)
    return ops.make_body(name=name, kind="committee", since=since, by=society.secretary)


def seat(society: Society, on: Body, user: User) -> Person:
    person = Person.objects.filter(user=user).first() or Person.objects.create(
        first_name=user.name, last_name="Ash", email=user.email, user=user
    )
    ops.take_seat(
        body=on, person=person, way="appointed", since=TODAY, minute="1", by=society.secretary
    )
    return person


def declare(person: Person, by: Actor, **changes: Any) -> Interest:
    values = {"kind": "work", "text": "Works for the council.", "since": TODAY, "today": TODAY}
    return ops.declare_standing_interest(person=person, by=by, **(values | changes))


@pytest.fixture
def ann(society: Society, make_user: Callable[..., User]) -> Person:
    return seat(society, body(society, "Rota"), make_user("ann"))


def test_who_sits_on_a_body_declares_and_ends(society: Society, ann: Person) -> None:
    me = Actor("user", ann.user)
    interest = declare(ann, me)
    assert list(Interest.objects.held_on(TODAY)) == [interest]
    with pytest.raises(RuleError, match="before it began"):
        ops.end_standing_interest(interest=interest, until=TODAY - DAY, by=me)
    ops.end_standing_interest(interest=interest, until=TODAY, by=me)
    with pytest.raises(RuleError, match="ended already"):
        ops.end_standing_interest(interest=interest, until=TODAY, by=me)
    assert not Interest.objects.held_on(TODAY + DAY).exists()
    assert Interest.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"kind": "tea"}, "kind"), ({"text": " "}, "text"), ({"since": TODAY + DAY}, "since")],
)
def test_what_makes_no_sense_is_refused(ann: Person, change: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleError) as refused:
        declare(ann, Actor("user", ann.user), **change)
    assert refused.value.field == field
    assert not Interest.objects.exists()


def test_nobody_declares_for_somebody_else_and_only_with_a_seat(
    society: Society, ann: Person, make_user: Callable[..., User]
) -> None:
    other = Actor("user", make_user("bo"))
    for act in (
        lambda: declare(ann, other),
        lambda: ops.confirm_interests(person=ann, on=TODAY, by=other),
    ):
        with pytest.raises(PermissionDenied):
            act()
    stranger = Person.objects.create(first_name="Cy", last_name="Ash")
    with pytest.raises(RuleError, match="Only who sits"):
        declare(stranger, society.secretary)
    with pytest.raises(RuleError, match="Only who sits"):
        ops.confirm_interests(person=stranger, on=TODAY, by=society.secretary)


def test_it_is_confirmed_for_a_year(society: Society, ann: Person) -> None:
    def confirmed(day: dt.date) -> bool:
        assert society.secretary.user
        seats = ann.seats.seen_by(society.secretary.user, day)
        return sitting_on(seats, day)[0].confirmed

    assert not confirmed(TODAY)
    ops.confirm_interests(person=ann, on=TODAY, by=Actor("user", ann.user))
    assert confirmed(TODAY + InterestsConfirmed.HOLDS - DAY)
    assert not confirmed(TODAY + InterestsConfirmed.HOLDS)


def test_one_sees_those_with_whom_one_sits(
    society: Society,
    ann: Person,
    make_user: Callable[..., User],
    signed_in: Callable[[User], Client],
    secretary_client: Client,
) -> None:
    declare(ann, Actor("user", ann.user))
    beside, elsewhere = make_user("bo"), make_user("cy")
    seat(society, ann.seats.get().body, beside)
    seat(society, body(society, "Buses"), elsewhere)
    url = reverse("governance:register_of_interests")
    assert "Works for the council." in said(signed_in(beside).get(url))
    assert "Works for the council." not in said(signed_in(elsewhere).get(url))
    of_ann = reverse("governance:interests_of", args=[ann.pk])
    assert signed_in(beside).get(of_ann).status_code == 404
    assert "Works for the council." in said(secretary_client.get(url))
    table = secretary_client.get(reverse("governance:interests_csv")).content.decode()
    assert "Works for the council." in table
    csv = reverse("governance:interests_csv")
    assert signed_in(beside).get(csv).status_code == 403


def test_in_the_browser(
    society: Society, ann: Person, signed_in: Callable[[User], Client], secretary_client: Client
) -> None:
    assert ann.user
    mine = signed_in(ann.user)
    assert "You have not said yet" in said(mine.get(reverse("governance:register_of_interests")))
    url = reverse("governance:interests_of", args=[ann.pk])
    assert "There is a problem" in said(mine.post(url, {"kind": "work", "text": ""}))
    answers = {"kind": "family", "text": "My son drives the bus.", "since": "1/2/2026"}
    assert "My son drives the bus." in said(mine.post(url, answers, follow=True))
    confirm = reverse("governance:interests_confirm", args=[ann.pk])
    assert "Confirmed on" in said(mine.post(confirm, follow=True))
    end = reverse("governance:interest_end", args=[Interest.objects.get().pk])
    assert mine.post(end, {"until": "1/1/2026"}).status_code == 400
    mine.post(end, {"until": "3/3/2026"})
    assert mine.get(end).status_code == 403
    assert "3 March 2026" in said(secretary_client.get(url))


def test_the_chair_is_reminded_of_them(
    society: Society, ann: Person, secretary_client: Client
) -> None:
    declare(ann, society.secretary)
    meeting = ops.make_meeting(
        body=ann.seats.get().body,
        kind="committee",
        title="Rota",
        starts_at=dt.datetime(2026, 3, 28, 14, tzinfo=dt.UTC),
        place="Office",
        record_date=TODAY,
        by=society.secretary,
    )
    item = ops.add_item(meeting=meeting, title="Council", by=society.secretary)
    ops.record_notice(meeting=meeting, sent_on=TODAY, by=society.secretary)
    ops.take_roll(meeting=meeting, now=meeting.starts_at, by=society.secretary)
    page = secretary_client.get(reverse("governance:interests", args=[meeting.pk, item.pk]))
    assert "Works for the council." in said(page)


def test_the_register_asks_little_of_the_database(
    society: Society,
    ann: Person,
    make_user: Callable[..., User],
    secretary_client: Client,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(8):
        person = seat(society, ann.seats.get().body, make_user(f"p{number}"))
        declare(person, society.secretary)
    with django_assert_max_num_queries(20):
        secretary_client.get(reverse("governance:register_of_interests"))
