"""Outcomes that citizens own, their private space, and bids together."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.files import may_open
from core.models import AuditLine, PrivateFile, User
from governance import operations as ops
from governance.models import Bid, Body, CitizenNote, Outcome, OutcomeVersion, PartnerAction
from governance.partner_querysets import spaces_open_to
from tests.governance.conftest import NOW, TODAY
from tests.governance.partnering import CLOSES, Partnership

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


# --- Outcomes -------------------------------------------------------------------------------------


@pytest.fixture
def outcome(together: Partnership) -> Outcome:
    return ops.set_outcome(
        partner=together.partners["citizens"],
        title="Home at night",
        text="Nobody leaves home because nights are not covered.",
        now=NOW,
        by=together.by["citizens"],
    )


def test_only_the_citizens_set_outcomes(together: Partnership) -> None:
    fields: dict[str, Any] = {"title": "Cheaper", "text": "Care costs less.", "now": NOW}
    for by in (together.by["council"], together.by["co-op"], together.secretary, SYSTEM):
        with pytest.raises(PermissionDenied):
            ops.set_outcome(partner=together.partners["citizens"], **fields, by=by)
    with pytest.raises(PermissionDenied):  # a council has none of its own either
        ops.set_outcome(partner=together.partners["council"], **fields, by=together.by["council"])
    for field in ("title", "text"):
        with pytest.raises(RuleError):
            ops.set_outcome(
                partner=together.partners["citizens"],
                **fields | {field: " "},
                by=together.by["citizens"],
            )


def test_nobody_else_rewords_an_outcome(together: Partnership, outcome: Outcome) -> None:
    for by in (together.by["co-op"], together.by["council"], together.secretary):
        with pytest.raises(PermissionDenied):
            ops.reword_outcome(outcome=outcome, title="x", text="Cheaper", now=NOW, by=by)
        with pytest.raises(PermissionDenied):
            ops.drop_outcome(outcome=outcome, on=TODAY, by=by)
    assert outcome.words.text.startswith("Nobody leaves home")


def test_words_before_are_kept(together: Partnership, outcome: Outcome) -> None:
    ops.reword_outcome(
        outcome=outcome, title="Nights", text="Newer", now=NOW, by=together.by["citizens"]
    )
    assert [one.number for one in outcome.versions.all()] == [2, 1]
    assert outcome.words.title == "Nights"
    for change in ("update", "delete"):
        with transaction.atomic(), pytest.raises(IntegrityError):
            rows = OutcomeVersion.objects.all()
            rows.update(text="x") if change == "update" else rows.delete()


def propose(together: Partnership, outcome: Outcome, key: str = "co-op") -> Any:
    return ops.propose_wording(
        outcome=outcome,
        partner=together.partners[key],
        text="Nights are covered where we can.",
        why="We cannot promise all.",
        now=NOW,
        by=together.by[key],
    )


def test_a_provider_proposes_and_the_citizens_answer(
    together: Partnership, outcome: Outcome
) -> None:
    proposal = propose(together, outcome)
    assert outcome.words.number == 1
    with pytest.raises(RuleError, match="waiting for an answer"):
        propose(together, outcome)
    for by in (together.by["co-op"], together.by["council"], together.secretary):
        with pytest.raises(PermissionDenied):
            ops.accept_wording(proposal=proposal, now=NOW, by=by)
    ops.refuse_wording(proposal=proposal, answer="Too weak.", now=NOW, by=together.by["citizens"])
    with pytest.raises(RuleError, match="answered already"):
        ops.accept_wording(proposal=proposal, now=NOW, by=together.by["citizens"])
    again = propose(together, outcome)
    version = ops.accept_wording(proposal=again, now=NOW, by=together.by["citizens"])
    assert (version.number, version.proposal) == (2, again)
    assert version.title == "Home at night"
    assert version.text == "Nights are covered where we can."


def test_a_proposal_can_be_taken_back_and_not_made_to_oneself(
    together: Partnership, outcome: Outcome
) -> None:
    with pytest.raises(RuleError, match="is yours"):
        propose(together, outcome, "citizens")
    proposal = propose(together, outcome)
    with pytest.raises(PermissionDenied):
        ops.withdraw_wording(proposal=proposal, now=NOW, by=together.by["council"])
    ops.withdraw_wording(proposal=proposal, now=NOW, by=together.by["co-op"])
    ops.drop_outcome(outcome=outcome, on=TODAY, by=together.by["citizens"])
    with pytest.raises(RuleError, match="let go"):
        propose(together, outcome)
    with pytest.raises(RuleError, match="let go"):
        ops.drop_outcome(outcome=outcome, on=TODAY, by=together.by["citizens"])


# --- The citizens' own space ----------------------------------------------------------------------


def may_enter(together: Partnership, user: User | None) -> bool:
    assert user
    return bool(spaces_open_to(Body.objects.all(), user, TODAY).exists())


def test_only_the_citizens_enter_their_space(together: Partnership, make_user: Any) -> None:
    member = together.person("mo")
    together.seat(member)
    assert may_enter(together, member.user)
    assert may_enter(together, together.by["citizens"].user)
    for by in (together.by["council"], together.by["co-op"], together.secretary):
        assert not may_enter(together, by.user)
        with pytest.raises(PermissionDenied):
            ops.write_citizen_note(group=together.group, text="Hello", now=NOW, by=by)


def test_a_note_is_taken_back_by_its_author_and_its_words_are_gone(
    together: Partnership,
) -> None:
    member = together.person("mo")
    together.seat(member)
    with pytest.raises(RuleError, match="Write something"):
        ops.write_citizen_note(group=together.group, text=" ", now=NOW, by=together.by["citizens"])
    note = ops.write_citizen_note(
        group=together.group, text="Secret plum", now=NOW, by=together.by["citizens"]
    )
    by_mo = Actor("user", user=member.user)
    with pytest.raises(PermissionDenied):
        ops.take_back_citizen_note(note=note, now=NOW, by=by_mo)
    ops.take_back_citizen_note(note=note, now=NOW, by=together.by["citizens"])
    with pytest.raises(RuleError, match="already"):
        ops.take_back_citizen_note(note=note, now=NOW, by=together.by["citizens"])
    assert not CitizenNote.objects.filter(text__contains="plum").exists()
    assert not AuditLine.objects.filter(data__icontains="plum").exists()


# --- Bids -----------------------------------------------------------------------------------------

DEADLINE = dt.date(2026, 4, 30)


def bid_of(together: Partnership, **changes: Any) -> Bid:
    given: dict[str, Any] = {
        "title": "Nights covered",
        "funder": "Moor Fund",
        "lead": together.partners["co-op"],
        "pence": 4_500_000,
        "deadline": DEADLINE,
        "shares": {
            together.partners["co-op"].pk: Decimal("66.67"),
            together.partners["citizens"].pk: Decimal("33.33"),
        },
    }
    return ops.prepare_bid(body=together.body, by=together.secretary, **(given | changes))


def ask(together: Partnership, bid: Bid, **changes: Any) -> Any:
    given: dict[str, Any] = {"text": "Shall we?", "minutes": 45, "closes_at": CLOSES}
    return ops.ask_go_no_go(bid=bid, now=NOW, by=together.by["co-op"], **(given | changes))


def test_a_bid_has_shares_of_exactly_a_hundred(together: Partnership) -> None:
    coop, council = together.partners["co-op"].pk, together.partners["council"].pk
    for changes, words in (
        ({"shares": {coop: Decimal("99.99")}}, "come to 100 %"),
        ({"shares": {council: Decimal(100)}}, "has a share too"),
        ({"shares": {coop: Decimal(50), 999: Decimal(50)}}, "Only partners"),
        ({"title": ""}, "title"),
        ({"funder": " "}, "whom you ask"),
        ({"pence": 0}, "how much"),
        ({"deadline": TODAY - DAY}, "passed"),
    ):
        with pytest.raises(RuleError, match=words):
            bid_of(together, **changes)
    assert not Bid.objects.exists()


def test_a_bid_goes_only_when_the_partners_say_go(together: Partnership) -> None:
    together.ready()
    bid = bid_of(together)
    with pytest.raises(RuleError, match="Being prepared"):
        ops.note_bid_sent(bid=bid, on=TODAY, by=together.by["co-op"])
    with pytest.raises(RuleError, match="before the deadline"):
        ask(together, bid, closes_at=dt.datetime(2026, 4, 30, 12, tzinfo=dt.UTC))
    question = ask(together, bid)
    with pytest.raises(RuleError, match="belongs to a bid"):
        ops.change_partner_question(
            question=question,
            title="x",
            text="x",
            matter="strategic",
            effect="advisory",
            minutes=1,
            closes_at=CLOSES,
            now=NOW,
            by=together.secretary,
        )
    together.put(question)
    together.vote(question, council="for", coop="for", citizens="for")
    together.decide(question)
    bid.refresh_from_db()
    assert bid.state == "go"
    action = PartnerAction.objects.get()
    assert (action.owner, action.due_on, action.public_since) == (bid.lead, DEADLINE, None)
    with pytest.raises(PermissionDenied):
        ops.note_bid_sent(bid=bid, on=TODAY, by=together.by["council"])
    ops.note_bid_sent(bid=bid, on=TODAY, by=together.by["co-op"])
    with pytest.raises(RuleError, match="what came of it"):
        ops.note_bid_outcome(bid=bid, state="won", outcome=" ", on=TODAY, by=together.by["co-op"])
    ops.note_bid_outcome(bid=bid, state="won", outcome="£45,000", on=TODAY, by=together.by["co-op"])
    with pytest.raises(RuleError, match="Won"):
        ops.note_bid_outcome(bid=bid, state="lost", outcome="x", on=TODAY, by=together.by["co-op"])


def test_providers_alone_cannot_send_a_bid(together: Partnership) -> None:
    together.ready()
    bid = bid_of(together)
    question = together.put(ask(together, bid))
    together.vote(question, council="for", coop="for")
    together.decide(question)
    bid.refresh_from_db()
    assert bid.state == "no_go"
    with pytest.raises(RuleError, match="No go"):
        ops.note_bid_sent(bid=bid, on=TODAY, by=together.by["co-op"])


def test_a_dropped_question_gives_the_bid_back_to_be_changed(together: Partnership) -> None:
    bid = bid_of(together)
    question = ask(together, bid)
    with pytest.raises(RuleError, match="Partners are voting"):
        ask(together, bid)
    ops.drop_partner_question(question=question, by=together.secretary)
    bid.refresh_from_db()
    assert (bid.state, bid.question) == ("preparing", None)
    ops.change_bid(
        bid=bid,
        title="Nights",
        funder="Moor Fund",
        lead=bid.lead,
        pence=100,
        deadline=DEADLINE,
        shares={bid.lead_id: Decimal(100)},
        by=together.by["co-op"],
    )
    assert [one.exact for one in bid.shares.all()] == [100]
    ops.note_bid_outcome(
        bid=bid, state="dropped", outcome="Too late", on=TODAY, by=together.by["co-op"]
    )


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("bid.pdf", b"%PDF-1.7 a bid", content_type="application/pdf")


def test_papers_of_a_bid_are_for_the_partners_only(together: Partnership) -> None:
    bid = bid_of(together)
    with pytest.raises(PermissionDenied):
        ops.add_bid_file(bid=bid, upload=upload(), by=together.by["council"])
    kept = ops.add_bid_file(bid=bid, upload=upload(), by=together.by["co-op"])
    stranger = together.person("zed").user
    assert stranger
    for by in (together.secretary, *together.by.values()):
        assert by.user
        assert may_open(by.user, kept)
    assert not may_open(stranger, kept)
    other = bid_of(together, title="Other")
    with pytest.raises(RuleError, match="no paper of this bid"):
        ops.remove_bid_file(bid=other, file=kept, by=together.by["co-op"])
    ops.remove_bid_file(bid=bid, file=kept, by=together.by["co-op"])
    assert not PrivateFile.objects.exists()
