"""A partnership of equals of which the council officer and a member of the cast are delegates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.actors import Actor
from core.models import User
from governance import operations as ops
from governance.models import Bid, Body, Delegate, FormationStep, Partner, PartnerQuestion
from members.models import Organisation, Person

DAY = dt.timedelta(days=1)


class _Partnership:
    """Council (the cast's officer), provider (nobody of the cast), citizens (the cast's member)."""

    def __init__(self, cast: dict[str, Any]) -> None:
        self.by = Actor("user", cast["secretary"])
        self.today = timezone.localdate()
        self.body, self.group = self._body("partnership"), self._body("citizens")
        officer, _ = Person.objects.get_or_create(
            user=cast["council"], defaults={"first_name": "Olivia", "last_name": "Officer"}
        )
        member = cast["people"]["member"]
        ops.take_seat(
            body=self.group,
            person=member,
            way="elected",
            since=self.today,
            minute="1",
            by=self.by,
        )
        other = Person.objects.create(
            first_name="Pru",
            last_name="Vider",
            email="pru@example.org",
            user=User.objects.create(email="pru@example.org"),
        )
        self.partners: dict[str, Partner] = {}
        self.delegates: dict[str, Delegate] = {}
        self._add("council", officer)
        self._add("provider", other)
        self._add("citizens", member)
        self.officer, self.member = Actor("user", officer.user), Actor("user", member.user)

    def _body(self, kind: str) -> Body:
        since = self.today - 90 * DAY
        return ops.make_body(name=f"The {kind}", kind=kind, since=since, by=self.by)

    def _add(self, role: str, person: Person) -> None:
        citizens = role == "citizens"
        organisation = None
        if not citizens:
            kind = "council" if role == "council" else "co-op"
            organisation = Organisation.objects.create(name=f"The {role}", kind=kind)
        partner = ops.add_partner(
            body=self.body,
            role=role,
            joined=self.today,
            organisation=organisation,
            citizens=self.group if citizens else None,
            by=self.by,
        )
        self.partners[role] = partner
        self.delegates[role] = ops.name_delegate(
            partner=partner,
            person=person,
            since=self.today,
            hours=20 if citizens else None,
            by=self.by,
        )

    def draft(self) -> Any:
        shares = ("40", "40", "20")
        parts = {
            one.pk: ops.PartWanted("Its part", Decimal(share))
            for one, share in zip(self.partners.values(), shares, strict=True)
        }
        return ops.draft_partner_agreement(
            body=self.body, text="We decide together.", parts=parts, by=self.by
        )

    def offer(self) -> Any:
        return ops.offer_partner_agreement(agreement=self.draft(), on=self.today, by=self.by)

    def form(self) -> None:
        for kind in FormationStep.Kind.values:
            ops.note_formation_step(
                body=self.body, kind=kind, done_on=self.today, evidence="Minute 1", by=self.by
            )
        agreement = self.offer()
        for delegate in self.delegates.values():
            ops.sign_partner_agreement(
                agreement=agreement, delegate=delegate, signed_on=self.today, by=self.by
            )

    def question(self, state: str = "draft") -> PartnerQuestion:
        """The member's group has asked; "all": every partner has voted."""
        ends = timezone.now() + 30 * DAY
        question = ops.prepare_partner_question(
            body=self.body,
            title="Night calls",
            text="Shall there be somebody to call at night?",
            matter="strategic",
            effect="binding",
            closes_at=ends,
            minutes=30,
            owner=self.partners["council"],
            due_on=timezone.localdate(ends) + 30 * DAY,
            now=timezone.now(),
            by=self.by,
        )
        if state == "draft":
            return question
        self.form()
        ops.put_partner_question(question=question, now=timezone.now(), by=self.by)
        if state in ("all", "closed"):
            for role in self.delegates:
                self.vote(question, role)
        if state == "closed":
            ops.close_partner_question(question=question, now=timezone.now(), by=self.by)
        return question

    def vote(self, question: PartnerQuestion, role: str) -> Any:
        return ops.vote_as_partner(
            question=question,
            partner=self.partners[role],
            answer="for",
            now=timezone.now(),
            by=Actor("user", self.delegates[role].person.user),
        )

    def key(self, question: PartnerQuestion, role: str) -> Any:
        return ops.key_partner_vote(
            question=question,
            delegate=self.delegates[role],
            answer="for",
            way="post",
            now=timezone.now(),
            by=self.by,
        )

    def outcome(self) -> Any:
        return ops.set_outcome(
            partner=self.partners["citizens"],
            title="Sleep",
            text="People sleep through.",
            now=timezone.now(),
            by=self.member,
        )


def partnership(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _Partnership(cast).body.pk}


def partner(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The provider: nobody of the cast speaks for it."""
    it = _Partnership(cast)
    return {"pk": it.body.pk, "partner_pk": it.partners["provider"].pk}


def delegate(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    row = it.delegates["provider"]
    return {"pk": it.body.pk, "partner_pk": row.partner_id, "delegate_pk": row.pk}


def citizen_delegate(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    row = it.delegates["citizens"]
    return {"pk": it.body.pk, "partner_pk": row.partner_id, "delegate_pk": row.pk}


def step(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    ops.note_formation_step(
        body=it.body, kind="chair", done_on=it.today, evidence="Minute 1", by=it.by
    )
    return {"pk": it.body.pk, "kind": "chair"}


def partner_draft(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    it.draft()
    return {"pk": it.body.pk}


def partner_offer(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    it.offer()
    return {"pk": it.body.pk}


def partner_offer_to_sign(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    it.offer()
    return {"pk": it.body.pk, "partner_pk": it.partners["council"].pk}


def outcome(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    return {"pk": it.body.pk, "outcome_pk": it.outcome().pk}


def wording(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """The council has proposed other words to the citizens."""
    it = _Partnership(cast)
    row = ops.propose_wording(
        outcome=it.outcome(),
        partner=it.partners["council"],
        text="People sleep six hours.",
        why="It can be counted.",
        now=timezone.now(),
        by=it.officer,
    )
    return {"pk": it.body.pk, "outcome_pk": row.outcome_id, "proposal_pk": row.pk}


def partner_question(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _Partnership(cast).question(state or "draft").pk}


def partner_all_voted(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _Partnership(cast).question("all").pk}


def partner_closed(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _Partnership(cast).question("closed").pk}


def partner_to_key(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _Partnership(cast).question("open").pk}


def partner_to_vote(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    question = it.question("open")
    return {"pk": question.pk, "partner_pk": it.partners["council"].pk}


def partner_keyed(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    question = it.question("open")
    return {"pk": question.pk, "vote_pk": it.key(question, "provider").pk}


def space(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _Partnership(cast).group.pk}


def citizen_note(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    it = _Partnership(cast)
    note = ops.write_citizen_note(
        group=it.group, text="We meet at six.", now=timezone.now(), by=it.member
    )
    return {"pk": it.group.pk, "note_pk": note.pk}


def _bid(cast: dict[str, Any]) -> Bid:
    """The council has the lead."""
    it = _Partnership(cast)
    council, provider = it.partners["council"], it.partners["provider"]
    return ops.prepare_bid(
        body=it.body,
        title="Night calls",
        funder="The lottery",
        lead=council,
        pence=500_000,
        deadline=it.today + 90 * DAY,
        shares={council.pk: Decimal(60), provider.pk: Decimal(40)},
        by=it.by,
    )


def bid(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _bid(cast).pk}


def bid_file(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    row = _bid(cast)
    upload = SimpleUploadedFile("bid.pdf", b"%PDF-1.4 bid", content_type="application/pdf")
    by = Actor("user", cast["secretary"])
    return {"pk": row.pk, "file_pk": ops.add_bid_file(bid=row, upload=upload, by=by).pk}
