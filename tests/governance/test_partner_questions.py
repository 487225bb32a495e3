"""What partners decide: who may vote, on what, in whose time, and what comes of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import OutboxMessage
from governance import operations as ops
from governance.models import (
    Asked,
    Delegate,
    PartnerAction,
    PartnerDecision,
    PartnerProgress,
    PartnerQuestion,
    PartnerVote,
)
from members.models import Person
from tests.governance.conftest import NOW, TODAY
from tests.governance.partnering import CLOSES, DUE, LATER, Partnership

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def ready(together: Partnership) -> Partnership:
    return together.ready()


# --- The question ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "title"),
        ({"text": ""}, "what is asked"),
        ({"matter": "gossip"}, "kind of question"),
        ({"effect": ""}, "binding"),
        ({"matter": "operational"}, "binds nobody"),
        ({"minutes": 0}, "how many minutes"),
        ({"minutes": 601}, "how many minutes"),
        ({"owner": None}, "which partner does it"),
        ({"due_on": None}, "by when"),
        ({"due_on": CLOSES.date()}, "after the vote"),
        ({"closes_at": NOW - dt.timedelta(days=300)}, "over before it begins"),
    ],
)
def test_a_question_that_cannot_be_put_is_refused(
    ready: Partnership, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(RuleError, match=words):
        ready.question(**changes)


def test_any_partner_may_ask_and_nobody_else(ready: Partnership) -> None:
    fields: dict[str, Any] = {
        "body": ready.body,
        "title": "Where next",
        "text": "Where?",
        "matter": "strategic",
        "effect": "advisory",
        "minutes": 30,
        "closes_at": CLOSES,
    }
    question = ops.prepare_partner_question(**fields, now=NOW, by=ready.by["citizens"])
    assert question.asked_by == ready.partners["citizens"]
    with pytest.raises(PermissionDenied):
        ops.prepare_partner_question(
            **fields, now=NOW, by=Actor("user", user=ready.person("stray").user)
        )
    changed = fields | {"title": "Where now"}
    del changed["body"]
    with pytest.raises(PermissionDenied):
        ops.change_partner_question(question=question, **changed, now=NOW, by=ready.by["council"])
    ops.change_partner_question(question=question, **changed, now=NOW, by=ready.by["citizens"])
    with pytest.raises(PermissionDenied):
        ops.put_partner_question(question=question, now=NOW, by=ready.by["citizens"])
    ops.drop_partner_question(question=question, by=ready.by["citizens"])
    with pytest.raises(RuleError, match="dropped"):
        ready.put(question)


def test_what_is_asked_and_whether_it_binds_is_fixed_before_the_vote(ready: Partnership) -> None:
    question = ready.put()
    with pytest.raises(RuleError, match="words are fixed"):
        ops.change_partner_question(
            question=question,
            title="Other",
            text="Other",
            matter="strategic",
            effect="advisory",
            minutes=10,
            closes_at=CLOSES,
            now=NOW,
            by=ready.secretary,
        )
    for field, value in (("effect", "advisory"), ("text", "Other"), ("matter", "operational")):
        with transaction.atomic(), pytest.raises(IntegrityError):
            PartnerQuestion.objects.filter(pk=question.pk).update(**{field: value})


def test_a_vote_is_open_for_as_many_clear_days_as_the_rules_give_notice(
    ready: Partnership,
) -> None:
    question = ready.question(closes_at=NOW + 14 * DAY)
    with pytest.raises(RuleError, match="18 March 2026 at the earliest"):
        ready.put(question)
    assert ready.put(closes_at=NOW + 15 * DAY).state == "open"


def test_letters_take_their_days_before_the_clear_days_of_a_vote(ready: Partnership) -> None:
    person = ready.delegates["citizens"].person
    Person.objects.filter(pk=person.pk).update(format="post")
    question = ready.question(closes_at=NOW + 15 * DAY)
    with pytest.raises(RuleError, match="letters take 2 days: the vote ends on 20 March 2026"):
        ready.put(question)
    assert ready.put(closes_at=NOW + 17 * DAY).state == "open"


def test_a_partner_is_written_to_of_a_vote_noted_for_it_and_may_say_it_is_wrong(
    ready: Partnership,
) -> None:
    question = ready.put()
    ready.vote(question, council="for", coop="for")
    vote = ops.key_partner_vote(
        question=question,
        delegate=ready.delegates["citizens"],
        answer="for",
        way="phone",
        now=NOW,
        by=ready.secretary,
    )
    told = OutboxMessage.objects.get(kind="governance.partner_vote_keyed")
    assert told.to == ready.delegates["citizens"].person.email
    assert "by telephone: For" in told.text
    with pytest.raises(RuleError, match="say until the end that it is wrong"):
        ops.close_partner_question(question=question, now=NOW, by=ready.secretary)
    with pytest.raises(PermissionDenied):
        ops.strike_partner_vote(vote=vote, now=NOW, by=ready.by["council"])
    ops.strike_partner_vote(vote=vote, now=NOW, by=ready.by["citizens"])
    ready.vote(question, citizens="against")
    decision = ops.close_partner_question(question=question, now=NOW, by=ready.secretary)
    assert not decision.carried
    decided = OutboxMessage.objects.filter(kind="governance.partner_decided")
    assert {one.to for one in decided} == {one.person.email for one in ready.delegates.values()}
    assert decision.words in decided[0].text


def test_who_voted_stands_on_a_decided_question_whoever_leaves_or_joins(
    ready: Partnership,
) -> None:
    question = ready.put()
    ready.vote(question, council="for", coop="for", citizens="for")
    ready.decide(question)
    before = [one.pk for one in question.voters()]
    council = ready.partners["council"]
    ops.partner_leaves(partner=council, left=TODAY, by=ready.secretary)
    ready.add("trust", "Damside Trust", "charity", "funder")
    ops.add_partner(
        body=ready.body,
        role="council",
        organisation=council.organisation,
        joined=TODAY,
        by=ready.secretary,
    )
    assert [one.pk for one in question.voters()] == before
    assert council.pk in before


# --- Citizens' time -------------------------------------------------------------------------------


def test_time_is_taken_from_the_citizens_only_and_within_their_hours(ready: Partnership) -> None:
    """Six hours a quarter: three questions of two hours, and not a minute more."""
    for _ in range(3):
        ready.put(minutes=120)
    assert {one.delegate for one in Asked.objects.all()} == {ready.delegates["citizens"]}
    assert ready.delegates["citizens"].minutes_left(TODAY) == 0
    question = ready.question(minutes=1)
    with pytest.raises(RuleError, match="wait until 1 April 2026"):
        ready.put(question)
    assert ready.delegates["citizens"].minutes_left(dt.date(2026, 4, 1)) == 360


def test_only_delegates_with_time_left_are_asked(ready: Partnership) -> None:
    busy = ready.person("busy")
    ready.seat(busy)
    delegate = ready.name(ready.partners["citizens"], busy, 1)
    question = ready.put(minutes=90)
    assert [one.delegate for one in question.asked.all()] == [ready.delegates["citizens"]]
    with pytest.raises(RuleError, match="was not asked"):
        ops.vote_as_partner(
            question=question,
            partner=ready.partners["citizens"],
            answer="for",
            now=NOW,
            by=Actor("user", user=busy.user),
        )
    assert delegate.minutes_left(TODAY) == 60


def test_who_is_named_again_has_no_more_time_than_before(ready: Partnership) -> None:
    """Six hours a quarter, of which one is gone."""
    question = ready.put()
    delegate, group = ready.delegates["citizens"], ready.partners["citizens"]
    ops.end_delegate(delegate=delegate, until=TODAY, by=ready.secretary)
    with pytest.raises(RuleError, match="already on that day"):
        ready.name(group, delegate.person, 6)
    Delegate.objects.filter(pk=delegate.pk).update(since=TODAY - DAY, until=TODAY - DAY)
    again = ready.name(group, delegate.person, 6)
    assert again.minutes_left(TODAY) == 300
    ready.vote(question, citizens="for")
    assert question.asked.count() == 1


def test_hours_change_and_what_was_asked_still_counts(ready: Partnership) -> None:
    ready.put()
    delegate = ready.delegates["citizens"]
    with pytest.raises(PermissionDenied):
        ops.change_delegate_hours(delegate=delegate, hours=9, by=ready.by["council"])
    with pytest.raises(RuleError, match="hours a quarter"):
        ops.change_delegate_hours(delegate=delegate, hours=99, by=ready.secretary)
    with pytest.raises(RuleError, match="Only of citizens"):
        ops.change_delegate_hours(delegate=ready.delegates["council"], hours=2, by=ready.secretary)
    ops.change_delegate_hours(delegate=delegate, hours=2, by=ready.secretary)
    assert delegate.minutes_left(TODAY) == 60


def test_a_group_without_a_delegate_names_one_first_who_is_then_asked(ready: Partnership) -> None:
    held = Delegate.objects.filter(partner=ready.partners["citizens"])
    held.update(since=TODAY - 9 * DAY, until=TODAY - DAY)
    question = ready.question()
    with pytest.raises(RuleError, match="has no delegate"):
        ready.put(question)
    first, second = ready.person("fay"), ready.person("gil")
    for person in (first, second):
        ready.seat(person)
    ready.name(ready.partners["citizens"], first, 2)
    ready.put(question)
    late = ready.name(ready.partners["citizens"], second, 2)
    assert question.asked.filter(delegate=late).exists()


def test_operational_questions_are_never_put_to_citizens(ready: Partnership) -> None:
    question = ready.put(
        matter="operational", effect="advisory", minutes=0, owner=None, due_on=None
    )
    assert not question.asked.exists()
    user = ready.by["citizens"].user
    assert user
    assert not PartnerQuestion.objects.waiting_for(user, NOW, TODAY).exists()
    with pytest.raises(RuleError, match="not put to this partner"):
        ready.vote(question, citizens="for")
    ready.vote(question, council="for", coop="for")
    decision = ready.decide(question)
    assert decision.carried
    assert not PartnerAction.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerQuestion.objects.create(
            body=ready.body,
            title="x",
            text="x",
            matter="operational",
            effect="binding",
            closes_at=CLOSES,
        )


# --- Votes ----------------------------------------------------------------------------------------


def test_one_partner_has_one_vote(ready: Partnership) -> None:
    question = ready.put()
    ready.vote(question, council="for")
    second = ready.person("second")
    ready.name(ready.partners["council"], second)
    with pytest.raises(RuleError, match="one partner, one vote"):
        ops.vote_as_partner(
            question=question,
            partner=ready.partners["council"],
            answer="against",
            now=NOW,
            by=Actor("user", user=second.user),
        )
    with pytest.raises(RuleError, match="one partner, one vote"):
        ops.key_partner_vote(
            question=question,
            delegate=ready.delegates["council"],
            answer="against",
            way="post",
            now=NOW,
            by=ready.secretary,
        )
    assert question.votes.get().answer == "for"


def test_only_its_delegate_votes_for_a_partner(ready: Partnership) -> None:
    question = ready.put()
    for by in (
        ready.by["council"],
        ready.secretary,
        SYSTEM,
        Actor("user", user=ready.by["citizens"].user, acting_for=5),
    ):
        with pytest.raises(PermissionDenied):
            ops.vote_as_partner(
                question=question,
                partner=ready.partners["citizens"],
                answer="for",
                now=NOW,
                by=by,
            )


def test_votes_come_only_while_the_question_is_open(ready: Partnership) -> None:
    draft = ready.question()
    with pytest.raises(RuleError, match="not open"):
        ready.vote(draft, council="for")
    question = ready.put()
    with pytest.raises(RuleError, match="Voting has closed"):
        ops.vote_as_partner(
            question=question,
            partner=ready.partners["council"],
            answer="for",
            now=CLOSES,
            by=ready.by["council"],
        )
    ready.decide(question)
    with pytest.raises(RuleError, match="not open"):
        ready.vote(question, council="for")
    with transaction.atomic(), pytest.raises(IntegrityError):
        PartnerVote.objects.create(
            question=question,
            partner=ready.partners["council"],
            answer="for",
            way="online",
            delegate=ready.delegates["council"],
            cast_at=NOW,
        )


def test_a_keyed_vote_notes_who_keyed_it_and_can_be_struck_out(ready: Partnership) -> None:
    question = ready.put()

    def key(answer: str, way: str, by: Actor) -> PartnerVote:
        return ops.key_partner_vote(
            question=question,
            delegate=ready.delegates["citizens"],
            answer=answer,
            way=way,
            now=NOW,
            by=by,
        )

    with pytest.raises(RuleError, match="post or by telephone"):
        key("for", "online", ready.secretary)
    with pytest.raises(RuleError, match="for, against or abstain"):
        key("yes", "post", ready.secretary)
    with pytest.raises(PermissionDenied):
        key("for", "post", ready.by["citizens"])
    vote = key("against", "phone", ready.secretary)
    assert vote.keyed_by == ready.secretary.user
    with transaction.atomic(), pytest.raises(IntegrityError):
        PartnerVote.objects.filter(pk=vote.pk).update(answer="for")
    ops.strike_partner_vote(vote=vote, now=NOW, by=ready.secretary)
    with pytest.raises(RuleError, match="struck out already"):
        ops.strike_partner_vote(vote=vote, now=NOW, by=ready.secretary)
    key("for", "post", ready.secretary)
    ready.vote(question, coop="for")
    with pytest.raises(RuleError, match="online stands"):
        ops.strike_partner_vote(
            vote=question.votes.get(partner=ready.partners["co-op"]), now=NOW, by=ready.secretary
        )


# --- Decisions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "carried"),
    [
        ({"council": "for", "coop": "for", "citizens": "for"}, True),
        ({"council": "for", "coop": "for", "citizens": "abstain"}, True),
        ({"council": "for", "coop": "for", "citizens": "against"}, False),
        ({"council": "for", "coop": "against", "citizens": "abstain"}, False),
        ({"council": "for", "coop": "against", "citizens": "for"}, True),
        ({"council": "for", "coop": "for"}, False),
        ({"council": "for", "citizens": "for"}, True),  # two of three are a quorum
        ({"citizens": "for"}, False),
    ],
)
def test_a_majority_of_partners_and_the_citizens_not_against(
    ready: Partnership, answers: dict[str, str], carried: bool
) -> None:
    question = ready.put()
    ready.vote(question, **answers)
    decision = ready.decide(question)
    assert decision.carried is carried
    assert decision.words.startswith("Carried" if carried else "Not carried")
    assert PartnerAction.objects.count() == carried


def test_it_closes_when_all_have_voted_or_its_time_has_come(ready: Partnership) -> None:
    question = ready.put()
    ready.vote(question, council="for", coop="for")
    with pytest.raises(RuleError, match="still time"):
        ops.close_partner_question(question=question, now=NOW, by=ready.secretary)
    ready.vote(question, citizens="for")
    ops.close_partner_question(question=question, now=NOW, by=ready.secretary)
    with pytest.raises(RuleError, match="not open"):
        ops.close_partner_question(question=question, now=LATER, by=ready.secretary)


def test_the_sweep_decides_what_is_due_once(ready: Partnership) -> None:
    question = ready.put()
    ready.vote(question, council="for", coop="for", citizens="for")
    assert ops.close_due_partner_questions(now=NOW, by=SYSTEM) == 0
    assert ops.close_due_partner_questions(now=LATER, by=SYSTEM) == 1
    assert ops.close_due_partner_questions(now=LATER, by=SYSTEM) == 0
    assert PartnerDecision.objects.get().carried


def test_a_decision_stands_as_it_was_written(ready: Partnership) -> None:
    question = ready.put()
    ready.vote(question, council="for", coop="for", citizens="against")
    ready.decide(question)
    with transaction.atomic(), pytest.raises(IntegrityError):
        PartnerDecision.objects.update(carried=True)


def test_advice_begins_nothing(ready: Partnership) -> None:
    question = ready.put(effect="advisory", owner=None, due_on=None)
    ready.vote(question, council="for", coop="for", citizens="for")
    assert ready.decide(question).carried
    assert not PartnerAction.objects.exists()


# --- Actions --------------------------------------------------------------------------------------


@pytest.fixture
def action(ready: Partnership) -> PartnerAction:
    question = ready.put()
    ready.vote(question, council="for", coop="for", citizens="for")
    ready.decide(question)
    return PartnerAction.objects.get()


def test_a_binding_decision_becomes_an_action_that_everybody_can_follow(
    ready: Partnership, action: PartnerAction
) -> None:
    assert (action.title, action.owner, action.due_on) == (
        "Night calls",
        ready.partners["co-op"],
        DUE,
    )
    assert list(PartnerAction.objects.public()) == [action]


def test_its_owner_says_how_it_goes(
    ready: Partnership, action: PartnerAction, time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    day = LATER.date()
    fields: dict[str, Any] = {"action": action, "text": "Two carers found.", "on": day}
    with pytest.raises(RuleError, match="had not been decided"):
        ops.note_partner_progress(**fields | {"on": day - DAY}, state="done", by=ready.by["co-op"])
    for key in ("council", "citizens"):
        with pytest.raises(PermissionDenied):
            ops.note_partner_progress(**fields, state="done", by=ready.by[key])
    with pytest.raises(RuleError, match="how it goes"):
        ops.note_partner_progress(**fields | {"text": " "}, state="done", by=ready.by["co-op"])
    with pytest.raises(RuleError, match="how far"):
        ops.note_partner_progress(**fields, state="nearly", by=ready.by["co-op"])
    ops.note_partner_progress(**fields, state="under_way", by=ready.by["co-op"])
    assert PartnerAction.objects.get().state == "under_way"
    with transaction.atomic(), pytest.raises(IntegrityError):
        PartnerProgress.objects.update(text="Nothing")


def test_how_far_it_is_says_the_note_of_the_latest_day(
    ready: Partnership, action: PartnerAction, time_machine: Any
) -> None:
    time_machine.move_to(LATER + 5 * DAY, tick=False)
    action.due_on = LATER.date() + 4 * DAY
    assert action.is_late
    action.due_on = LATER.date() + 5 * DAY
    assert not action.is_late
    for days, state in ((5, "done"), (2, "to_do")):
        ops.note_partner_progress(
            action=action,
            text="So it is.",
            on=LATER.date() + days * DAY,
            state=state,
            by=ready.by["co-op"],
        )
    assert PartnerAction.objects.get().state == "done"


def test_the_secretary_takes_an_action_off_the_website_and_puts_it_back(
    ready: Partnership, action: PartnerAction
) -> None:
    ops.hide_partner_action(action=action, by=ready.secretary)
    assert not PartnerAction.objects.public().exists()
    with pytest.raises(RuleError):
        ops.hide_partner_action(action=action, by=ready.secretary)
    ops.show_partner_action(action=action, on=TODAY, by=ready.secretary)
    with pytest.raises(RuleError):
        ops.show_partner_action(action=action, on=TODAY, by=ready.secretary)
    with pytest.raises(PermissionDenied):
        ops.hide_partner_action(action=action, by=ready.by["co-op"])


def test_whom_a_question_waits_for(ready: Partnership) -> None:
    question = ready.put()

    def waits(key: str) -> bool:
        user = ready.by[key].user
        assert user
        return question in PartnerQuestion.objects.waiting_for(user, NOW, TODAY)

    assert [waits(key) for key in ("council", "co-op", "citizens")] == [True] * 3
    ready.vote(question, council="for", citizens="for")
    assert [waits(key) for key in ("council", "co-op", "citizens")] == [False, True, False]


def test_whoever_may_vote_is_written_to_when_it_is_put(together: Partnership) -> None:
    together.ready()
    other = together.person("tired")  # of the citizens, without the time for it
    together.seat(other)
    together.name(together.partners["citizens"], other, hours=1)
    question = together.put(minutes=90)
    mails = OutboxMessage.objects.filter(kind="governance.partner_question")
    told = {together.delegates[key].person.email for key in ("council", "co-op", "citizens")}
    assert set(mails.values_list("to", flat=True)) == told
    assert question.text in mails[0].text


def test_a_delegate_who_has_died_is_not_written_to(together: Partnership) -> None:
    together.ready()
    person = together.delegates["council"].person
    Person.objects.filter(pk=person.pk).update(died_on=TODAY)
    together.put()
    mails = OutboxMessage.objects.filter(kind="governance.partner_question")
    assert mails.exists()
    assert not mails.filter(to=person.email).exists()
