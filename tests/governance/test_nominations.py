"""Nominations: with consent, enough nominators, in their time; by members and from paper."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from governance import operations as ops
from governance.models import Election, Nomination
from governance.operations import nominations
from governance.operations.elections import missing_before_opening
from members.models import Member
from tests.governance.conftest import CLOSES_AT, NOW, Society, text
from tests.governance.test_ballots import at_once

pytestmark = pytest.mark.django_db

ONE_DAY = dt.timedelta(days=1)
ENDS = NOW + 5 * ONE_DAY


@pytest.fixture
def called_for(society: Society) -> Election:
    society.add_members(6)
    election = society.election(society.meeting(), seats=1, standing=0)
    return ops.call_for_nominations(
        election=election, begins=NOW - ONE_DAY, ends=ENDS, by=society.secretary
    )


def as_member(member: Member) -> Actor:
    assert member.person
    return Actor("user", member.person.user)


def stand(election: Election, member: Member, by: Actor | None = None, **fields: Any) -> Nomination:
    known = {"statement": "I would like to.", "now": NOW}
    return ops.stand(
        election=election, member=member, by=by or as_member(member), **(known | fields)
    )


def nominate(
    election: Election, member: Member, nominator: Member, by: Actor | None = None
) -> Nomination:
    return ops.nominate(
        election=election,
        member=member,
        nominator=nominator,
        now=NOW,
        by=by or as_member(nominator),
    )


def test_who_agrees_and_is_nominated_by_enough_goes_on_the_paper(
    society: Society, called_for: Election
) -> None:
    ann, bo, cy, *_ = society.members
    nomination = nominate(called_for, ann, bo)
    with pytest.raises(RuleError, match="not agreed to stand yet"):
        ops.accept_nomination(nomination=nomination, by=society.secretary)
    stand(called_for, ann)
    nomination.refresh_from_db()
    with pytest.raises(RuleError, match="1 have nominated them; the rules ask for 2"):
        ops.accept_nomination(nomination=nomination, by=society.secretary)
    nominate(called_for, ann, cy)
    nomination = Nomination.objects.get()
    ops.accept_nomination(nomination=nomination, by=society.secretary)
    candidate = called_for.candidates.get()
    assert (candidate.member, candidate.statement) == (ann, "I would like to.")
    with pytest.raises(RuleError, match="decided: on the paper"):
        ops.accept_nomination(nomination=nomination, by=society.secretary)
    with pytest.raises(RuleError, match="decided"):
        stand(called_for, ann)


@pytest.mark.django_db(transaction=True)
def test_a_statement_sent_just_then_does_not_undo_that_a_nomination_is_accepted(
    society: Society, called_for: Election, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bo, cy, *_ = society.members
    nominate(called_for, ann, bo)
    nominate(called_for, ann, cy)
    nomination = stand(called_for, ann)
    halfway, accepted = threading.Event(), threading.Event()
    original = nominations._nominated

    def slowly(*args: Any) -> Nomination:
        found = original(*args)
        halfway.set()
        accepted.wait(1)
        return found

    monkeypatch.setattr(nominations, "_nominated", slowly)

    def accept() -> None:
        halfway.wait(5)
        fresh = Nomination.objects.get(pk=nomination.pk)
        ops.accept_nomination(nomination=fresh, by=society.secretary)
        accepted.set()

    ends = at_once(lambda: stand(Election.objects.get(), ann, statement="Anew"), accept)
    assert ends == ["done", "done"]
    nomination.refresh_from_db()
    assert (nomination.state, nomination.statement) == ("accepted", "Anew")
    assert called_for.candidates.get().statement == "Anew"


def test_nobody_nominates_themselves_or_twice_or_for_another(
    society: Society, called_for: Election
) -> None:
    ann, bo, cy, *_ = society.members
    with pytest.raises(RuleError, match="Others nominate you"):
        nominate(called_for, ann, ann)
    nominate(called_for, ann, bo)
    with pytest.raises(RuleError, match="has nominated"):
        nominate(called_for, ann, bo)
    for act in (
        lambda: nominate(called_for, ann, cy, by=as_member(bo)),
        lambda: stand(called_for, ann, by=as_member(bo)),
    ):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.create(election=called_for, member=ann)


def test_who_says_no_is_not_nominated_again_but_can_change_their_mind(
    society: Society, called_for: Election
) -> None:
    ann, bo, cy, *_ = society.members
    nomination = nominate(called_for, ann, bo)
    with pytest.raises(PermissionDenied):
        ops.withdraw_nomination(nomination=nomination, by=as_member(bo))
    ops.withdraw_nomination(nomination=nomination, by=as_member(ann))
    with pytest.raises(RuleError, match="does not want to stand"):
        nominate(called_for, ann, cy)
    assert stand(called_for, ann).state == "open"


def test_nominations_have_their_time(society: Society, called_for: Election) -> None:
    ann = society.members[0]
    for now in (NOW - 2 * ONE_DAY, ENDS):
        with pytest.raises(RuleError, match="not open"):
            stand(called_for, ann, now=now)
    for begins, ends, sentence in (
        (NOW, NOW, "after they begin"),
        (NOW, CLOSES_AT, "before voting closes"),
    ):
        with pytest.raises(RuleError, match=sentence):
            ops.call_for_nominations(
                election=called_for, begins=begins, ends=ends, by=society.secretary
            )


def test_who_may_not_stand_is_not_nominated(society: Society, called_for: Election) -> None:
    late = society.add_member(joined=NOW.date())
    with pytest.raises(RuleError, match="in the register on the record date may stand"):
        nominate(called_for, late, society.members[0])
    with pytest.raises(RuleError, match="record date nominate"):
        nominate(called_for, society.members[0], late)
    assert not Nomination.objects.exists()


def test_for_a_seat_that_is_kept_only_its_class_stands_and_nominates(society: Society) -> None:
    workers = society.add_members(3)
    users = society.add_members(3, constituency="Users")
    election = ops.make_election(
        meeting=society.meeting(),
        title="User seat",
        closes_at=CLOSES_AT,
        seats=1,
        constituency="Users",
        by=society.secretary,
    )
    ops.call_for_nominations(
        election=election, begins=NOW - ONE_DAY, ends=ENDS, by=society.secretary
    )
    with pytest.raises(RuleError, match="kept for Users"):
        stand(election, workers[0])
    with pytest.raises(RuleError, match="kept for Users"):
        nominate(election, users[0], workers[0])
    nominate(election, users[0], users[1])


def test_who_is_nominated_is_told_once(society: Society, called_for: Election) -> None:
    ann, bo, cy, *_ = society.members
    nominate(called_for, ann, bo)
    nominate(called_for, ann, cy)
    mail = OutboxMessage.objects.get(kind="governance.nomination")
    assert ann.person
    assert mail.to == ann.person.email
    assert "Member" not in mail.subject


def test_a_nomination_is_refused_with_the_reason(society: Society, called_for: Election) -> None:
    nomination = stand(called_for, society.members[0])
    with pytest.raises(RuleError, match="Say why"):
        ops.refuse_nomination(nomination=nomination, because=" ", by=society.secretary)
    ops.refuse_nomination(nomination=nomination, because="In arrears", by=society.secretary)
    assert (nomination.state, nomination.because) == ("refused", "In arrears")


# --- Pages ----------------------------------------------------------------------------------------


def test_members_nominate_and_stand_and_the_secretary_takes_them_up(
    society: Society,
    called_for: Election,
    signed_in: Callable[[User], Client],
    secretary_client: Client,
) -> None:
    def client_of(member: Member) -> Client:
        user = as_member(member).user
        assert user
        return signed_in(user)

    url = reverse("governance:nominations", args=[called_for.pk])
    ann, bo, *_ = society.members
    other = client_of(bo)
    other.post(reverse("governance:nominate", args=[called_for.pk]), {"member": ann.number})
    assert "Nobody yet" not in text(secretary_client.get(url))
    assert ann.name not in text(other.get(url)), "shown before they have agreed"
    mine = client_of(ann)
    assert "You are nominated" in text(mine.get(url))
    mine.post(reverse("governance:stand", args=[called_for.pk]), {"statement": "Fair rotas."})
    assert "Fair rotas." in text(other.get(url))
    key = reverse("governance:nomination_key", args=[called_for.pk])
    secretary_client.post(key, {"member": ann.number, "nominator": society.members[2].number})
    assert "nominated" in text(secretary_client.post(key, {"member": ann.number, "nominator": 2}))
    accept = reverse(
        "governance:nomination_accept", args=[called_for.pk, Nomination.objects.get().pk]
    )
    secretary_client.post(accept)
    assert called_for.candidates.get().member == ann
    assert "On the paper" in text(other.get(url))


def test_an_election_without_a_call_is_not_shown_to_members(
    society: Society, signed_in: Callable[[User], Client]
) -> None:
    society.add_members(3)
    election = society.election(society.meeting(), standing=2)
    user = as_member(society.members[0]).user
    assert user
    client = signed_in(user)
    for name in ("election", "nominations"):
        assert client.get(reverse(f"governance:{name}", args=[election.pk])).status_code == 404


def test_voting_does_not_open_over_somebody_who_may_still_stand(
    society: Society, called_for: Election
) -> None:
    election = called_for
    ops.add_candidate(election=election, member=society.members[5], by=society.secretary)
    assert any("Nominations are open" in one for one in missing_before_opening(election, NOW))
    who = society.members[0]
    keyed = {"election": election, "member": who, "now": NOW, "by": society.secretary}
    for wrong, field in (
        ({"nominator": None, "agrees": False}, "nominator"),
        (
            {"nominator": society.members[1], "agrees": False, "statement": "I would."},
            "statement",
        ),
    ):
        with pytest.raises(RuleError) as refused:
            ops.key_nomination(**keyed, **wrong)
        assert refused.value.field == field
    for nominator, agrees in ((society.members[1], True), (society.members[2], False)):
        ops.key_nomination(
            **keyed,
            nominator=nominator,
            agrees=agrees,
            statement="I would." if agrees else "",
        )
    assert Nomination.objects.get().statement == "I would."
    assert election.nominations_until
    after = missing_before_opening(election, election.nominations_until)
    assert any("not on the paper yet" in one for one in after)
    with pytest.raises(RuleError, match="cannot be a teller"):
        people = [(f"Teller {n}", f"teller{n}@example.org") for n in (1, 2)]
        assert who.person
        assert who.person.user
        people.append((who.person.user.name, who.person.user.email))
        ops.name_tellers(meeting=election.meeting, people=people, by=society.secretary)
    ops.accept_nomination(nomination=Nomination.objects.get(), by=society.secretary)
    after = missing_before_opening(election, election.nominations_until)
    assert not any("paper yet" in one for one in after)
