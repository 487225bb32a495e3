"""Where a partnership stands: what it still lacks before it may vote, and who speaks for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Min, Q

from core.actors import Actor
from core.models import User
from governance.models import (
    AgreementPart,
    Bid,
    BidShare,
    Body,
    Delegate,
    FormationStep,
    Outcome,
    OutcomeProposal,
    Partner,
    PartnerAgreement,
    PartnerQuestion,
    PartnerVote,
    Seat,
)
from governance.partner_querysets import groups_across

KEEPS = "governance.arrange_meeting"
#: Who in a citizen group may say who speaks for it.
OFFICERS = (Seat.Role.CHAIR, Seat.Role.VICE, Seat.Role.SECRETARY)


@dataclass(frozen=True)
class Step:
    """One step of the formation, done or not."""

    kind: str
    label: str
    row: FormationStep | None


def formation(body: Body) -> list[Step]:
    """The five steps in their order."""
    done = {row.kind: row for row in body.formation_steps.all()}
    return [Step(kind, label, done.get(kind)) for kind, label in FormationStep.Kind.choices]


def agreement_in_force(body: Body) -> PartnerAgreement | None:
    """The agreement that all who are partners now have signed; none once a partner came or went."""
    live = body.agreements.filter(state=PartnerAgreement.State.LIVE).first()
    now = set(body.partners.standing().values_list("pk", flat=True))
    return live if live and live.covers(now) else None


def partners_to_sign(agreement: PartnerAgreement) -> list[Partner]:
    """Whose signature is still missing."""
    signed = agreement.signatures.values("partner")
    return list(agreement.body.partners.standing().with_names().exclude(pk__in=signed))


def agreements_to_sign(user: User, day: dt.date) -> list[tuple[PartnerAgreement, Partner]]:
    """Agreements that wait for the signature of a partner for which this user speaks."""
    offered = PartnerAgreement.objects.filter(state=PartnerAgreement.State.OFFERED)
    return [
        (agreement, partner)
        for partner in Partner.objects.of_delegate(user, day).with_names()
        for agreement in offered.filter(body=partner.body_id).select_related("body")
        if not agreement.signatures.filter(partner=partner).exists()
    ]


def quorum_on(body: Body, day: dt.date) -> int:
    """How many partners must take part in a vote, by the rules of the partnership."""
    return body.rules_on(day).quorum_least


def what_is_missing(body: Body, day: dt.date) -> list[str]:
    """What must be settled before partners may vote, each in a sentence; nothing when they may."""
    partners = list(body.partners.standing())
    missing = [f"Not done yet: {step.label}." for step in formation(body) if step.row is None]
    if not any(one.is_citizens for one in partners):
        missing.append("There is no citizen group among the partners.")
    if all(one.is_citizens for one in partners):
        missing.append("There is no partner beside the citizens.")
    quorum = quorum_on(body, day)
    if quorum > len(partners):
        missing.append(
            f"Its rules ask that {quorum} partners take part, and there are {len(partners)}."
        )
    if agreement_in_force(body) is None:
        missing.append("There is no agreement that every partner has signed.")
    return missing


def is_voting(body: Body) -> bool:
    """Whether a question is open: who the partners are does not change meanwhile."""
    return body.partner_questions.filter(state="open").exists()


def why_not_change(question: PartnerQuestion) -> str:
    """Why a question stays as it is, in a sentence; nothing while its words may change."""
    if not question.is_draft:
        return "It has been put to the partners: its words are fixed."
    if Bid.objects.filter(question=question).exists():
        return "This question belongs to a bid. Drop it, and ask again from the bid."
    return ""


def begun_on(body: Body) -> dt.date:
    """The day from which a partnership exists: that of its first rules."""
    first: dt.date = body.rule_sets.aggregate(first=Min("since"))["first"]
    return first


def who_has_taken_part(body: Body) -> set[int]:
    """Partners on which anything rests already, such as a vote: they are corrected no more."""
    signed = Q(agreement__state__in=["offered", "live", "ended"])
    asks = PartnerQuestion.objects.filter(body=body)
    rows = (
        (asks, "partners"),
        (asks, "asked_by"),
        (asks, "owner"),
        (AgreementPart.objects.filter(signed, partner__body=body), "partner"),
        (BidShare.objects.filter(partner__body=body), "partner"),
        (Outcome.objects.filter(partner__body=body), "partner"),
        (OutcomeProposal.objects.filter(partner__body=body), "partner"),
    )
    first, *others = [found.order_by().values_list(name) for found, name in rows]
    return {pk for (pk,) in first.union(*others) if pk}


def why_not_close(question: PartnerQuestion, now: dt.datetime) -> str:
    """Why a vote goes on, in a sentence; nothing when it may be closed."""
    if now >= question.closes_at:
        return ""
    votes = list(question.votes.standing())
    if len(votes) < len(question.voters()):
        return "Not every partner has voted, and there is still time. It closes by itself."
    if any(vote.way != PartnerVote.Way.ONLINE for vote in votes):
        return (
            "A vote was noted for a partner, which can say until the end that it is wrong. "
            "The vote closes by itself."
        )
    return ""


# --- Who speaks -----------------------------------------------------------------------------------


def own_user(by: Actor) -> User | None:
    """Who acts, for themselves: nobody speaks for a partner by an authority to act for a person."""
    return by.user if by.acting_for is None else None


def delegate_for(partner: Partner, by: Actor, day: dt.date) -> Delegate | None:
    """This person as a delegate of a partner on a day; None for everybody else."""
    user = own_user(by)
    if user is None:
        return None
    return partner.delegates.held_on(day).filter(person__user=user).first()


def partner_spoken_for(body: Body, by: Actor, day: dt.date) -> Delegate | None:
    """This person as a delegate of any partner in a partnership."""
    user = own_user(by)
    held = Delegate.objects.held_on(day).filter(partner__body=body, person__user=user)
    return held.select_related("partner").first() if user else None


def may_prepare(question: PartnerQuestion, by: Actor, day: dt.date) -> bool:
    """Whether this person may change a question before it is put, or drop it: the secretary, and
    who speaks for the partner that asks.
    """
    asks = question.asked_by
    return by.may(KEEPS) or (asks is not None and delegate_for(asks, by, day) is not None)


def is_officer(partner: Partner, by: Actor, day: dt.date) -> bool:
    """Whether this person is an officer of the citizen group that is a partner, and speaks for
    no other partner beside it.
    """
    user = own_user(by)
    if user is None or partner.citizens is None:
        return False
    if groups_across(user, day).filter(citizens=partner.citizens).exists():
        return False
    held = partner.citizens.seats.held_on(day).filter(person__user=user, role__in=OFFICERS)
    return bool(held.exists())
