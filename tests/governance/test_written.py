"""Deciding in writing: sent round, answered by name, carried out of all who may decide."""

from __future__ import annotations

import datetime as dt
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from governance import operations as ops
from governance import tasks
from governance.models import Body, WrittenResolution, WrittenVoice
from members.models import Letter, Person
from tests.governance.conftest import NOW, Society

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def said(response: Any) -> str:
    return unescape(response.content.decode())


def sent(society: Society, members: int = 5, **rule: Any) -> WrittenResolution:
    society.add_members(members)
    society.body().rule_sets.update(**({"mode": "heads"} | rule))
    return send(society, society.body())


def send(society: Society, body: Body) -> WrittenResolution:
    return ops.send_round(
        body=body, title="The minibus", text="That we sell it.", now=NOW, by=society.secretary
    )


def answer(
    society: Society, resolution: WrittenResolution, *choices: str, now: dt.datetime = NOW
) -> WrittenResolution:
    """The first of them answer so; keyed by the secretary."""
    voices = resolution.voices.order_by("pk")
    for voice, choice in zip(voices, choices, strict=False):
        ops.answer_in_writing(voice=voice, choice=choice, now=now, by=society.secretary)
    resolution.refresh_from_db()
    return resolution


@pytest.mark.parametrize(
    ("members", "rule", "choices", "state"),
    [
        (5, {}, ("for", "for"), "open"),
        (5, {}, ("for", "for", "for"), "carried"),  # more than half of all five
        (4, {}, ("for", "for"), "open"),  # exactly half is not more than half
        (4, {}, ("against", "against"), "lost"),  # two are left: never more than half
        (5, {}, ("against", "abstain"), "open"),
        (5, {}, ("against", "abstain", "against"), "lost"),
        (6, {"threshold": "two_thirds"}, ("for",) * 4, "carried"),
        (6, {"threshold": "two_thirds"}, ("for",) * 3, "open"),
        (4, {"threshold": "three_quarters"}, ("against", "against"), "lost"),
        (4, {"threshold": "three_quarters"}, ("against",), "open"),
        (1, {}, ("for",), "carried"),
    ],
)
def test_it_takes_enough_of_all_who_may_decide(
    society: Society, members: int, rule: dict[str, str], choices: tuple[str, ...], state: str
) -> None:
    resolution = sent(society, members, **rule)
    assert answer(society, resolution, *choices).state == state


def test_each_class_must_agree_where_the_rules_say_so(society: Society) -> None:
    for _ in range(4):
        society.add_member(constituency="Workers")
    for _ in range(2):
        society.add_member(constituency="Supported")
    society.body().rule_sets.update(mode="concurrent", must_agree=["Supported"])
    resolution = send(society, society.body())
    assert answer(society, resolution, *["for"] * 5).state == "open"  # one of two is not enough
    ops.answer_in_writing(
        voice=resolution.voices.order_by("pk")[5], choice="for", now=NOW, by=society.secretary
    )
    resolution.refresh_from_db()
    assert resolution.state == "carried"


def test_an_answer_is_changed_until_it_is_decided(society: Society) -> None:
    resolution = sent(society)
    answer(society, resolution, "against", "for", "for")
    voice = resolution.voices.order_by("pk")[0]
    ops.answer_in_writing(voice=voice, choice="for", now=NOW, by=society.secretary)
    resolution.refresh_from_db()
    assert resolution.state == "carried"
    with pytest.raises(RuleError, match="no longer open: carried"):
        ops.answer_in_writing(voice=voice, choice="against", now=NOW, by=society.secretary)
    assert resolution.voices.filter(choice="for").count() == 3


def test_it_lapses_after_the_days_of_the_rules(society: Society) -> None:
    resolution = sent(society, written_days=28)
    assert resolution.last_day == NOW.date() + 28 * DAY
    over = resolution.lapses_at
    answer(society, resolution, "for", now=over - dt.timedelta(seconds=1))
    with pytest.raises(RuleError, match="lapsed"):
        answer(society, resolution, "for", "for", now=over)
    assert ops.lapse_resolutions(now=over - dt.timedelta(seconds=1), by=SYSTEM) == 0
    assert ops.lapse_resolutions(now=over, by=SYSTEM) == 1
    assert ops.lapse_resolutions(now=over, by=SYSTEM) == 0
    resolution.refresh_from_db()
    assert resolution.state == "lapsed"
    assert not resolution.verdict["carried"]


def test_who_joins_later_does_not_decide(society: Society) -> None:
    resolution = sent(society)
    society.add_member()
    assert resolution.voices.count() == 5


@pytest.mark.parametrize(("change", "field"), [({"title": " "}, "title"), ({"text": ""}, "text")])
def test_what_makes_no_sense_does_not_go_round(
    society: Society, change: dict[str, str], field: str
) -> None:
    society.add_member()
    values = {"title": "Bus", "text": "Sell it.", **change}
    with pytest.raises(RuleError) as refused:
        ops.send_round(body=society.body(), now=NOW, by=society.secretary, **values)
    assert refused.value.field == field
    assert not WrittenResolution.objects.exists()


def test_only_where_the_rules_know_it_and_somebody_decides(society: Society) -> None:
    with pytest.raises(RuleError, match="Nobody may vote"):
        send(society, society.body())
    society.add_member()
    society.body().rule_sets.update(written_days=0)
    with pytest.raises(RuleError, match="decides nothing in writing"):
        send(society, society.body())


def test_everybody_is_written_to_once(society: Society, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("governance.operations.telling.BATCH", 2)
    society.add_member(email="")
    resolution = sent(society)
    tasks.sweep_notices()
    tasks.tell_of_resolution(resolution.pk)
    mails = OutboxMessage.objects.filter(kind="governance.written")
    assert mails.count() == 5
    assert "That we sell it." in mails[0].text
    assert "For / against / abstain:" not in mails[0].text
    assert "For / against / abstain:" in Letter.objects.get(kind="governance.written").text
    assert AuditLine.objects.filter(action="governance.tell_of_resolution").count() == 1


def test_nobody_is_written_to_once_it_is_taken_back(society: Society) -> None:
    resolution = sent(society)
    with pytest.raises(RuleError, match="Say why"):
        ops.withdraw_resolution(resolution=resolution, because="", now=NOW, by=society.secretary)
    ops.withdraw_resolution(
        resolution=resolution, because="Wrong bus.", now=NOW, by=society.secretary
    )
    tasks.sweep_notices()
    assert not OutboxMessage.objects.exists()
    with pytest.raises(RuleError, match="no longer open"):
        ops.withdraw_resolution(resolution=resolution, because="x", now=NOW, by=society.secretary)


def test_nobody_answers_for_somebody_else(society: Society) -> None:
    resolution = sent(society)
    person = society.members[0].person
    assert person
    me = Actor("user", person.user)
    first, second = resolution.voices.order_by("pk")[:2]
    assert ops.answer_in_writing(voice=first, choice="for", now=NOW, by=me).way == "online"
    with pytest.raises(RuleError, match="Only they change it"):
        ops.answer_in_writing(voice=first, choice="against", now=NOW, by=society.secretary)
    with pytest.raises(PermissionDenied):
        ops.answer_in_writing(voice=second, choice="for", now=NOW, by=me)
    with pytest.raises(PermissionDenied):
        send_as_member = {"title": "x", "text": "y"}
        ops.send_round(body=society.body(), now=NOW, by=me, **send_as_member)
    with pytest.raises(RuleError, match="for, against or abstain"):
        ops.answer_in_writing(voice=first, choice="", now=NOW, by=me)


def test_only_who_decides_sees_what_a_board_decides(
    society: Society, make_user: Any, signed_in: Any
) -> None:
    board = ops.make_body(
        name="Board", kind="board", since=dt.date(2025, 1, 1), by=society.secretary
    )
    user: User = make_user("board")
    sits = Person.objects.create(first_name="Ann", last_name="Ash", user=user)
    ops.take_seat(
        body=board,
        person=sits,
        way="appointed",
        since=NOW.date(),
        minute="1",
        by=society.secretary,
    )
    resolution = send(society, board)
    url = reverse("governance:written_one", args=[resolution.pk])
    client: Client = signed_in(user)
    assert "Ann Ash has not answered yet" in said(client.get(url))
    member = society.add_member().person
    assert member
    assert signed_in(member.user).get(url).status_code == 404
    assert not WrittenResolution.objects.visible_to(member.user, NOW.date()).exists()


def test_in_the_browser(
    society: Society,
    secretary_client: Client,
    signed_in: Any,
    django_assert_max_num_queries: Any,
) -> None:
    society.add_members(5)
    society.body().rule_sets.update(mode="heads")
    new = reverse("governance:written_new")
    empty = secretary_client.post(new, {"body": society.body().pk, "title": "", "text": ""})
    assert "There is a problem" in said(empty)
    values = {"body": society.body().pk, "title": "Bus", "text": "Sell it."}
    page = said(secretary_client.post(new, values, follow=True))
    assert "Everybody who decides is written to" in page
    resolution = WrittenResolution.objects.get()
    url = reverse("governance:written_one", args=[resolution.pk])

    person = society.members[0].person
    assert person
    client = signed_in(person.user)
    assert "Who answered what" not in said(client.get(url))
    mine, other = resolution.voices.order_by("pk")[:2]
    mine_url = reverse("governance:written_answer", args=[resolution.pk, mine.pk])
    assert "has answered: for" in said(client.post(mine_url, {"choice": "for"}, follow=True))
    other_url = reverse("governance:written_answer", args=[resolution.pk, other.pk])
    assert client.post(other_url, {"choice": "for"}).status_code == 403

    assert "Nobody with the number 999" in said(
        secretary_client.post(url, {"number": "999", "choice": "for"})
    )
    for member in society.members[1:3]:
        secretary_client.post(url, {"number": member.number, "choice": "for"})
    assert "Carried" in said(client.get(url))
    assert "Who answered what" in said(client.get(url))
    with django_assert_max_num_queries(25):
        secretary_client.get(url)
    assert "Bus" in said(client.get(reverse("governance:written")))


@pytest.mark.django_db(transaction=True)
def test_the_commit_sends_the_mail(society: Society) -> None:
    sent(society)
    assert OutboxMessage.objects.filter(kind="governance.written").count() == 5
    assert WrittenVoice.objects.count() == 5


# --- Standing aside -------------------------------------------------------------------------------


def aside(society: Society, voice: WrittenVoice, **said: Any) -> WrittenVoice:
    values = {"interest": "Her garage buys it", "now": NOW, "by": society.secretary} | said
    return ops.stand_aside_in_writing(voice=voice, **values)


def test_it_is_decided_without_who_stands_aside(society: Society) -> None:
    resolution = sent(society, 5)
    answer(society, resolution, "for", "for", "against")
    voices = list(resolution.voices.order_by("pk"))
    stood = aside(society, voices[2])  # two of the four that are left: exactly half
    assert (stood.choice, stood.answered_at) == ("", None)
    resolution.refresh_from_db()
    assert resolution.state == "open"
    aside(society, voices[3])  # two of three
    resolution.refresh_from_db()
    assert resolution.state == "carried"


def test_who_stands_aside_answers_nothing_until_they_take_part_again(society: Society) -> None:
    voice = sent(society, 5).voices.order_by("pk")[0]
    with pytest.raises(RuleError, match="what the interest is"):
        aside(society, voice, interest=" ")
    aside(society, voice)
    with pytest.raises(RuleError, match="aside already"):
        aside(society, voice)
    with pytest.raises(RuleError, match="stands aside"):
        ops.answer_in_writing(voice=voice, choice="for", now=NOW, by=society.secretary)
    ops.take_part_in_writing(voice=voice, now=NOW, by=society.secretary)
    with pytest.raises(RuleError, match="do not stand aside"):
        ops.take_part_in_writing(voice=voice, now=NOW, by=society.secretary)
    ops.answer_in_writing(voice=voice, choice="for", now=NOW, by=society.secretary)


def test_each_says_for_themselves_that_they_stand_aside(
    society: Society, signed_in: Any, secretary_client: Client
) -> None:
    resolution = sent(society, 5)
    one, two = resolution.voices.order_by("pk")[:2]
    client: Client = signed_in(one.member.person.user)
    at = [
        reverse("governance:written_aside", args=[resolution.pk, voice.pk]) for voice in (one, two)
    ]
    page = reverse("governance:written_one", args=[resolution.pk])
    assert at[0] in said(client.get(page))
    assert client.post(at[1], {"interest": "Hers"}).status_code == 404
    client.post(at[0], {"interest": "My garage buys it"})
    assert "My garage buys it. It is decided without them" in said(client.get(page))
    assert "Stands aside: My garage buys it" in said(secretary_client.get(page))
    secretary_client.post(reverse("governance:written_part", args=[resolution.pk, one.pk]))
    one.refresh_from_db()
    assert one.aside_at is None
