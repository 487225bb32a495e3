"""Publishing a week, what carers are told, what they may see, and their calendars."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import CalendarToken, OutboxMessage, ReadLine, User
from core.operations import issue_calendar_address, revoke_calendar_address
from rota.models import Carer, PublishedVisit, Rota
from rota.operations import (
    add_absence,
    assign,
    free_visits,
    pin_visit,
    publish,
    release_visits,
    unassign,
    undo_change,
)
from services.models import AccessLink, PersonSupported, Visit
from tests.rota.conftest import Valley, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def joan(valley: Valley) -> PersonSupported:
    return valley.person("Joan", "Smith")


@pytest.fixture
def ann(valley: Valley) -> Carer:
    return valley.carer("Ann", "hoist", user=True)


@pytest.fixture
def bob(valley: Valley) -> Carer:
    return valley.carer("Bob", "hoist", user=True)


@pytest.fixture
def monday(valley: Valley, joan: PersonSupported) -> Visit:
    return valley.visit(joan, 0, "08:00")


@pytest.fixture
def thursday(valley: Valley, joan: PersonSupported) -> Visit:
    return valley.visit(joan, 3, "17:00")


@pytest.fixture
def published(rota: Rota, monday: Visit, thursday: Visit, ann: Carer, cora: Actor) -> Rota:
    """Ann goes to Joan on Monday at 8 and on Thursday at 5."""
    for visit in (monday, thursday):
        assign(rota=rota, visit=visit, carer=ann, by=cora)
    return publish(rota=rota, by=cora)


def mails() -> list[tuple[str, str]]:
    return list(OutboxMessage.objects.order_by("pk").values_list("to", "subject"))


def told(carer: Carer) -> list[Visit]:
    return [one.visit for one in carer.published.standing().order_by("starts_at")]


def test_an_empty_rota_is_not_published(rota: Rota, monday: Visit, cora: Actor) -> None:
    with pytest.raises(RuleError, match="Nobody is on this rota"):
        publish(rota=rota, by=cora)
    rota.refresh_from_db()
    assert rota.state == "draft"


def test_publishing_tells_each_carer_once_and_names_nobody(
    published: Rota, ann: Carer, monday: Visit, thursday: Visit, cora: Actor
) -> None:
    assert told(ann) == [monday, thursday]
    assert mails() == [("ann@example.org", "Your visits are ready")]
    text = OutboxMessage.objects.get().text
    assert "Monday 2 March 2026" in text
    assert "Thursday 5 March 2026" in text
    assert "Joan" not in text
    assert "Smith" not in text
    with pytest.raises(RuleError, match="This rota is published already"):
        publish(rota=published, by=cora)
    assert len(mails()) == 1


def test_a_rota_that_breaks_a_rule_by_now_is_not_published(
    rota: Rota, monday: Visit, ann: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=monday, carer=ann, by=cora)
    add_absence(carer=ann, kind="other", starts_at=at(0, "00:00"), ends_at=at(1, "00:00"), by=cora)
    with pytest.raises(RuleError, match="hard rule"):
        publish(rota=rota, by=cora)
    rota.refresh_from_db()
    assert (rota.state, PublishedVisit.objects.count(), mails()) == ("draft", 0, [])


def test_a_visit_for_two_is_told_to_both_or_to_nobody(
    rota: Rota, valley: Valley, joan: PersonSupported, ann: Carer, bob: Carer, cora: Actor
) -> None:
    double = valley.visit(joan, 1, "10:00", carers=2)
    assign(rota=rota, visit=double, carer=ann, by=cora)
    publish(rota=rota, by=cora)
    assert told(ann) == []
    assign(rota=rota, visit=double, carer=bob, by=cora)
    assert (told(ann), told(bob)) == ([double], [double])
    unassign(rota=rota, visit=double, carer=ann, by=cora)
    assert (told(ann), told(bob)) == ([], [])


def test_a_carer_sees_a_record_from_48_hours_before_to_24_hours_after(
    published: Rota, joan: PersonSupported, ann: Carer, bob: Carer
) -> None:
    user = ann.person.user

    def sees(moment: dt.datetime) -> bool:
        return PersonSupported.objects.visible_to(user, moment).filter(pk=joan.pk).exists()

    first, last = at(0, "08:00") - dt.timedelta(hours=48), at(3, "17:30") + dt.timedelta(hours=24)
    second = dt.timedelta(seconds=1)
    assert [sees(first - second), sees(first), sees(last - second), sees(last)] == [
        False,
        True,
        True,
        False,
    ]
    assert not PersonSupported.objects.visible_to(bob.person.user, at(0, "08:00")).exists()


def test_a_change_in_a_published_rota_tells_both_and_moves_the_access(
    published: Rota,
    monday: Visit,
    thursday: Visit,
    joan: PersonSupported,
    ann: Carer,
    bob: Carer,
    cora: Actor,
) -> None:
    assign(rota=published, visit=thursday, carer=bob, instead_of=ann, by=cora)
    assert (told(ann), told(bob)) == ([monday], [thursday])
    assert set(mails()[1:]) == {
        ("ann@example.org", "Your visits have changed"),
        ("bob@example.org", "Your visits have changed"),
    }
    links = AccessLink.objects.filter(person=joan.person, ground="rota", until__gt=F("since"))
    assert links.count() == 2  # one that had not begun and is not due any more never holds
    spans = {link.user_id: (link.since, link.until) for link in links}
    hours = dt.timedelta(hours=1)
    assert spans[ann.person.user_id] == (
        at(0, "08:00") - 48 * hours,
        at(0, "08:30") + 24 * hours,
    )
    assert spans[bob.person.user_id] == (
        at(3, "17:00") - 48 * hours,
        at(3, "17:30") + 24 * hours,
    )


def test_undoing_a_published_change_tells_again(
    published: Rota, thursday: Visit, ann: Carer, bob: Carer, cora: Actor
) -> None:
    assign(rota=published, visit=thursday, carer=bob, instead_of=ann, by=cora)
    undo_change(rota=published, by=cora)
    assert thursday in told(ann)
    assert told(bob) == []
    assert len(mails()) == 5
    row = PublishedVisit.objects.get(carer=ann, visit=thursday)
    assert row.sequence == 2


def test_a_pin_is_nobody_elses_business(published: Rota, monday: Visit, cora: Actor) -> None:
    pin_visit(rota=published, visit=monday, pinned=False, by=cora)
    assert len(mails()) == 1


def test_a_sick_carer_is_taken_off_and_told_in_one_message(
    published: Rota, ann: Carer, cora: Actor
) -> None:
    free_visits(carer=ann, starts_at=at(0, "00:00"), ends_at=at(7, "00:00"), by=cora)
    assert told(ann) == []
    assert mails()[1:] == [("ann@example.org", "Your visits have changed")]
    for moment in (at(0, "08:00"), at(3, "17:00")):
        assert not PersonSupported.objects.visible_to(ann.person.user, moment).exists()


def test_a_cancelled_visit_of_a_published_rota_is_taken_back(
    published: Rota, thursday: Visit, monday: Visit, ann: Carer
) -> None:
    Visit.objects.filter(pk=thursday.pk).update(state="cancelled", cancelled_why="person")
    release_visits(visit_ids=[thursday.pk], by=SYSTEM)
    assert told(ann) == [monday]
    assert mails()[1:] == [("ann@example.org", "Your visits have changed")]


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_publishes_once(
    rota: Rota, monday: Visit, ann: Carer, cora: Actor
) -> None:
    assign(rota=rota, visit=monday, carer=ann, by=cora)
    start, refused = threading.Barrier(2), []

    def run() -> None:
        try:
            start.wait()
            publish(rota=Rota.objects.get(), by=SYSTEM)
        except RuleError as error:
            refused.append(error.message)
        finally:
            connection.close()

    both = [threading.Thread(target=run) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(refused) == 1
    assert len(mails()) == 1
    assert PublishedVisit.objects.count() == 1


# --- The carer's phone ----------------------------------------------------------------------------


def test_a_draft_is_not_seen_by_its_carers(
    rota: Rota, monday: Visit, ann: Carer, cora: Actor, signed_in: Any, clock: Any
) -> None:
    assign(rota=rota, visit=monday, carer=ann, by=cora)
    clock.move_to(at(0, "07:00"))
    page = signed_in(ann.person.user).get(reverse("rota:my_week")).content.decode()
    assert "You have no visits today" in page
    assert "Joan" not in page
    assert "J.S." not in page


def test_my_visits_name_people_only_in_the_time_around_the_visits(
    published: Rota, monday: Visit, ann: Carer, signed_in: Any, clock: Any
) -> None:
    clock.move_to(at(-4, "12:00"))
    early = signed_in(ann.person.user).get(reverse("rota:my_week")).content.decode()
    assert "J.S. QX7" in early
    assert "Joan" not in early
    clock.move_to(at(0, "07:00"))
    client = signed_in(ann.person.user)
    page = client.get(reverse("rota:my_week")).content.decode()
    assert "Joan Smith" in page
    assert reverse("rota:my_visit", kwargs={"pk": monday.pk}) in page


def test_a_visit_page_shows_what_must_be_known_and_is_logged(
    rota: Rota,
    valley: Valley,
    joan: PersonSupported,
    ann: Carer,
    bob: Carer,
    cora: Actor,
    signed_in: Any,
    clock: Any,
) -> None:
    line = valley.line(joan, carers_needed=2, must_read="Key under the third pot. No milk.")
    visit = valley.visit(joan, 0, "08:00", line=line, carers=2)
    for carer in (ann, bob):
        assign(rota=rota, visit=visit, carer=carer, by=cora)
    publish(rota=rota, by=cora)
    url = reverse("rota:my_visit", kwargs={"pk": visit.pk})
    clock.move_to(at(0, "07:00"))
    page = signed_in(ann.person.user).get(url).content.decode()
    for words in ("Joan Smith", "4 Weir Row", "third pot", "Bob Carer", "08:00 to 08:30"):
        assert words in page
    read = ReadLine.objects.filter(subject_id=joan.person_id, user=ann.person.user)
    assert set(read.values_list("group", flat=True)) == {"visits", "contact", "health"}
    clock.move_to(at(1, "08:31"))
    assert signed_in(ann.person.user).get(url).status_code == 404


def test_nobody_opens_a_visit_that_is_another_carers(
    published: Rota, monday: Visit, bob: Carer, signed_in: Any, clock: Any
) -> None:
    clock.move_to(at(0, "07:00"))
    url = reverse("rota:my_visit", kwargs={"pk": monday.pk})
    assert signed_in(bob.person.user).get(url).status_code == 404


def test_my_visits_ask_as_many_queries_for_many_as_for_few(
    published: Rota,
    valley: Valley,
    ann: Carer,
    cora: Actor,
    signed_in: Any,
    clock: Any,
    django_assert_num_queries: Any,
) -> None:
    clock.move_to(at(-1, "12:00"))
    client = signed_in(ann.person.user)
    client.get(reverse("rota:my_week"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("rota:my_week"))
    for number in range(5):
        visit = valley.visit(valley.person(f"P{number}"), 1, f"{8 + number:02d}:00")
        assign(rota=published, visit=visit, carer=ann, by=cora)
    with django_assert_num_queries(len(few)):
        client.get(reverse("rota:my_week"))


# --- The calendar ---------------------------------------------------------------------------------


@pytest.fixture
def feed(published: Rota, ann: Carer, as_user: Any) -> str:
    secret = issue_calendar_address(
        feed="carer", owner_id=ann.pk, by=as_user(User.objects.get(pk=ann.person.user_id))
    )
    return reverse("core:calendar", kwargs={"secret": secret})


def fetch(url: str) -> list[Any]:
    response = Client().get(url)
    assert response.status_code == 200
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


def test_the_calendar_has_one_event_a_visit_with_initials_and_area_only(feed: str) -> None:
    response = Client().get(feed)
    assert response["Cache-Control"].startswith("private")
    text = response.content.decode()
    for private in ("Joan", "Smith", "Weir Row", "2AB", "RRULE"):
        assert private not in text
    events = fetch(feed)
    assert [str(event["SUMMARY"]) for event in events] == ["Visit J.S. QX7", "Visit J.S. QX7"]
    first = events[0]
    assert first["DTSTART"].dt == at(0, "08:00")
    assert first["DTSTART"].dt.utcoffset() == dt.timedelta(0)
    assert first["DTEND"].dt == at(0, "08:30")
    assert (first["SEQUENCE"], first["STATUS"]) == (0, "CONFIRMED")
    assert len({event["UID"] for event in events}) == 2


def test_a_published_change_keeps_the_identity_and_raises_the_sequence(
    feed: str, published: Rota, monday: Visit, ann: Carer, cora: Actor, clock: Any
) -> None:
    before = fetch(feed)[0]
    clock.shift(3600)
    unassign(rota=published, visit=monday, carer=ann, by=cora)
    gone = fetch(feed)[0]
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (before["UID"], 1, "CANCELLED")
    assign(rota=published, visit=monday, carer=ann, starts_at=at(0, "08:10"), by=cora)
    back = fetch(feed)[0]
    assert (back["UID"], back["SEQUENCE"], back["STATUS"]) == (before["UID"], 2, "CONFIRMED")
    assert back["DTSTART"].dt == at(0, "08:10")
    assert back["DTSTAMP"].dt > before["DTSTAMP"].dt


def test_a_cancelled_visit_stays_for_fourteen_days(
    feed: str, published: Rota, thursday: Visit, ann: Carer, cora: Actor, clock: Any
) -> None:
    clock.move_to(at(0, "12:00"))
    unassign(rota=published, visit=thursday, carer=ann, by=cora)
    assert [event["STATUS"] for event in fetch(feed)] == ["CONFIRMED", "CANCELLED"]
    clock.move_to(at(14, "11:59"))
    assert [event["STATUS"] for event in fetch(feed)] == ["CANCELLED"]
    clock.move_to(at(15, "00:01"))
    assert fetch(feed) == []


def test_an_unchanged_calendar_is_answered_with_304(
    feed: str, published: Rota, monday: Visit, ann: Carer, cora: Actor, clock: Any
) -> None:
    tag = Client().get(feed)["ETag"]
    again = Client().get(feed, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    clock.shift(60)
    unassign(rota=published, visit=monday, carer=ann, by=cora)
    assert Client().get(feed, headers={"If-None-Match": tag}).status_code == 200


def test_an_unknown_or_revoked_address_or_a_carer_who_left_is_404(
    feed: str, ann: Carer, as_user: Any, clock: Any
) -> None:
    assert Client().get(reverse("core:calendar", kwargs={"secret": "x" * 43})).status_code == 404
    Carer.objects.filter(pk=ann.pk).update(until=dt.date(2026, 2, 24))
    assert Client().get(feed).status_code == 404
    Carer.objects.filter(pk=ann.pk).update(until=None)
    assert Client().get(feed).status_code == 200
    revoke_calendar_address(feed="carer", owner_id=ann.pk, by=as_user(ann.person.user))
    assert Client().get(feed).status_code == 404


def test_the_address_is_shown_once_and_can_be_stopped(
    published: Rota, ann: Carer, signed_in: Any
) -> None:
    client = signed_in(ann.person.user)
    url = reverse("rota:my_calendar")
    made = client.post(url, {"act": "issue"})
    address = made.context["address"]
    assert address in made.content.decode()
    assert Client().get(address).status_code == 200
    assert address not in client.get(url).content.decode()
    client.post(url, {"act": "revoke"})
    assert Client().get(address).status_code == 404
    assert CalendarToken.objects.filter(revoked_at__isnull=True).count() == 0


def test_a_user_in_the_role_who_is_no_carer_has_no_calendar(make_user: Any, signed_in: Any) -> None:
    user = make_user("roland", "carer")
    assert signed_in(user).get(reverse("rota:my_calendar")).status_code == 404
