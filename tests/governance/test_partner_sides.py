"""Nobody sits on both sides of a partnership, and who speaks for citizens sits among them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage
from governance import operations as ops
from governance.models import Body, Delegate, PartnerQuestion, Seat
from governance.partner_querysets import spaces_open_to
from governance.partnership import is_officer
from members.models import Person
from tests.governance.conftest import NOW, TODAY
from tests.governance.partnering import Partnership

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def slip_in(together: Partnership, person: Person, role: str = "chair") -> Seat:
    """A seat on the citizen group as it was noted before anybody refused it."""
    return Seat.objects.create(
        body=together.group, person=person, role=role, way="elected", since=TODAY, minute="1", lot=1
    )


def actor(person: Person) -> Actor:
    return Actor("user", user=person.user)


# --- Nobody sits on both sides --------------------------------------------------------------------


def test_who_speaks_for_another_partner_takes_no_seat_among_the_citizens(
    together: Partnership,
) -> None:
    with pytest.raises(RuleError, match="speak for Weft Care") as refused:
        together.seat(together.delegates["co-op"].person)
    assert refused.value.field == "person"
    ended = ops.end_delegate(
        delegate=together.delegates["co-op"], until=TODAY, by=together.secretary
    )
    Delegate.objects.filter(pk=ended.pk).update(since=TODAY - 9 * DAY, until=TODAY - DAY)
    together.seat(ended.person)


def test_who_speaks_for_another_partner_gets_no_office_among_the_citizens(
    together: Partnership,
) -> None:
    seat = slip_in(together, together.delegates["co-op"].person, "member")
    with pytest.raises(RuleError, match="speak for Weft Care"):
        ops.give_role(seat=seat, role="vice", since=TODAY, minute="2", by=together.secretary)


def test_a_group_does_not_join_a_partnership_in_which_one_of_its_people_speaks_for_another(
    together: Partnership,
) -> None:
    group = ops.make_body(name="Beck Side", kind="citizens", since=TODAY, by=together.secretary)
    together.seat(together.delegates["council"].person, group=group)
    with pytest.raises(RuleError, match="sits on Beck Side and speaks for Harrow Council"):
        ops.add_partner(
            body=together.body,
            role="citizens",
            citizens=group,
            joined=TODAY,
            by=together.secretary,
        )


def test_an_officer_who_speaks_for_another_partner_is_none_and_enters_no_space(
    together: Partnership,
) -> None:
    across = together.delegates["co-op"].person
    slip_in(together, across)
    group, by = together.partners["citizens"], actor(across)
    assert not is_officer(group, by, TODAY)
    assert not spaces_open_to(Body.objects.all(), across.user, TODAY).exists()  # type: ignore[arg-type]
    new = together.person("new")
    together.seat(new)
    with pytest.raises(PermissionDenied):
        ops.name_delegate(partner=group, person=new, since=TODAY, hours=3, by=by)
    with pytest.raises(PermissionDenied):
        ops.end_delegate(delegate=together.delegates["citizens"], until=TODAY, by=by)
    Delegate.objects.create(partner=group, person=across, since=TODAY, hours=3)
    question = together.ready().put()
    with pytest.raises(PermissionDenied):
        ops.vote_as_partner(question=question, partner=group, answer="for", now=NOW, by=by)


# --- Who speaks for the citizens sits among them --------------------------------------------------


def own_seat(together: Partnership) -> Seat:
    return together.group.seats.get(person=together.delegates["citizens"].person)


def test_with_their_seat_somebody_stops_speaking_for_the_citizens(together: Partnership) -> None:
    delegate = together.delegates["citizens"]
    ops.end_seat(seat=own_seat(together), until=TODAY, minute="9", by=together.secretary)
    delegate.refresh_from_db()
    assert delegate.until == TODAY
    assert AuditLine.objects.filter(action="governance.end_delegate").exists()


def test_a_seat_struck_out_takes_its_delegacy_with_it(together: Partnership) -> None:
    ops.strike_seat(seat=own_seat(together), by=together.secretary)
    together.delegates["citizens"].refresh_from_db()
    assert together.delegates["citizens"].until == TODAY


def test_the_end_of_any_other_seat_ends_no_delegacy(together: Partnership) -> None:
    board = ops.make_body(name="Board", kind="board", since=TODAY, by=together.secretary)
    person = together.delegates["citizens"].person
    together.seat(person, group=board)
    seat = board.seats.get(person=person)
    ops.end_seat(seat=seat, until=TODAY, minute="9", by=together.secretary)
    together.delegates["citizens"].refresh_from_db()
    assert together.delegates["citizens"].until is None


def test_nobody_acts_for_the_citizens_without_a_seat(together: Partnership) -> None:
    """Also where the row of the delegate was left standing."""
    together.ready()
    question = together.put()
    Seat.objects.filter(pk=own_seat(together).pk).update(since=TODAY - 9 * DAY, until=TODAY - DAY)
    group, by = together.partners["citizens"], together.by["citizens"]
    user: Any = by.user
    assert not PartnerQuestion.objects.waiting_for(user, NOW, TODAY).exists()
    assert not spaces_open_to(Body.objects.all(), user, TODAY).exists()
    acts: list[Any] = [
        lambda: ops.vote_as_partner(question=question, partner=group, answer="for", now=NOW, by=by),
        lambda: ops.set_outcome(partner=group, title="x", text="x", now=NOW, by=by),
        lambda: ops.write_citizen_note(group=together.group, text="x", now=NOW, by=by),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(RuleError, match="any more"):
        ops.key_partner_vote(
            question=question,
            delegate=together.delegates["citizens"],
            answer="for",
            way="post",
            now=NOW,
            by=together.secretary,
        )


def test_the_page_says_that_the_delegacy_ends_with_the_seat(
    together: Partnership, secretary_client: Client
) -> None:
    seat = own_seat(together)
    for name in ("seat_end", "seat_strike"):
        page = secretary_client.get(
            reverse(f"governance:{name}", args=[together.group.pk, seat.pk])
        )
        assert "speak for Harrow Voices in Upper Harrow Together" in page.content.decode()
    url = reverse("governance:seat_end", args=[together.group.pk, seat.pk])
    done = secretary_client.post(url, {"until": "3/3/2026", "minute": "9"}, follow=True)
    assert "no longer speak for Harrow Voices in Upper Harrow Together" in done.content.decode()


def test_an_officer_of_today_notes_an_earlier_day(together: Partnership) -> None:
    chair = together.person("chris")
    together.seat(chair, "chair")
    delegate = together.delegates["citizens"]
    Delegate.objects.filter(pk=delegate.pk).update(since=TODAY - 9 * DAY)
    delegate.refresh_from_db()
    ops.end_delegate(delegate=delegate, until=TODAY - DAY, by=actor(chair))
    delegate.refresh_from_db()
    assert delegate.until == TODAY - DAY


# --- The office does not seat itself --------------------------------------------------------------


def test_nobody_notes_a_seat_among_the_citizens_for_themselves(together: Partnership) -> None:
    user: Any = together.secretary.user
    person = Person.objects.create(first_name="S", last_name="Y", email=user.email, user=user)
    with pytest.raises(RuleError, match="for themselves"):
        together.seat(person)
    seat = slip_in(together, person, "member")
    with pytest.raises(RuleError, match="for themselves"):
        ops.give_role(seat=seat, role="chair", since=TODAY, minute="2", by=together.secretary)
    with pytest.raises(RuleError, match="for themselves"):
        together.name(together.partners["citizens"], person, 3)


def test_a_chair_of_the_group_may_name_themselves(together: Partnership) -> None:
    chair = together.person("chris")
    together.seat(chair, "chair")
    ops.name_delegate(
        partner=together.partners["citizens"],
        person=chair,
        since=TODAY,
        hours=2,
        by=actor(chair),
    )


def test_the_officers_are_told_what_the_office_notes_about_their_group(
    together: Partnership,
) -> None:
    chair, new = together.person("chris"), together.person("nell")
    together.seat(chair, "chair")
    OutboxMessage.objects.all().delete()
    together.seat(new)
    delegate = together.name(together.partners["citizens"], new, 2)
    ops.end_delegate(delegate=delegate, until=TODAY, by=actor(chair))  # they know themselves
    told = OutboxMessage.objects.filter(kind="governance.group_told")
    assert [one.to for one in told] == [chair.email] * 2
    text = "".join(one.text for one in told)
    assert "Nell Example sits on it" in text
    assert "Nell Example speaks for it in Upper Harrow Together" in text


def test_the_officers_are_told_of_another_officer(together: Partnership) -> None:
    together.seat(together.person("chris"), "chair")
    together.seat(together.person("nell"))
    OutboxMessage.objects.all().delete()
    seat = together.group.seats.get(person__first_name="Nell")
    ops.give_role(seat=seat, role="vice", since=TODAY, minute="2", by=together.secretary)
    assert "Nell Example is now vice-chair" in OutboxMessage.objects.get().text


def test_where_a_group_has_no_other_officer_all_who_sit_on_it_are_told(
    together: Partnership,
) -> None:
    OutboxMessage.objects.all().delete()
    together.seat(together.person("chris"), "chair")
    told = OutboxMessage.objects.get(kind="governance.group_told")
    assert told.to == together.delegates["citizens"].person.email


def test_a_group_sees_who_reads_its_space(together: Partnership, client: Client) -> None:
    together.seat(together.person("nell"), "chair")
    client.force_login(together.by["citizens"].user)  # type: ignore[arg-type]
    url = reverse("governance:citizen_space", args=[together.group.pk])
    page = client.get(url).content.decode()
    assert "Nell Example, chair" in page
