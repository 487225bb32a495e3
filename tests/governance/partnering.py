"""A partnership of a council, a care co-op and the citizens of Upper Harrow, to test with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.actors import Actor
from core.models import User
from governance import operations as ops
from governance.models import (
    Body,
    Delegate,
    FormationStep,
    Partner,
    PartnerAgreement,
    PartnerDecision,
    PartnerQuestion,
)
from members.models import Organisation, Person
from tests.governance.conftest import NOW, TODAY

CLOSES = NOW + dt.timedelta(days=21)
LATER = CLOSES + dt.timedelta(minutes=1)
DUE = dt.date(2026, 6, 30)


@dataclass
class Partnership:
    """`by["council"]` acts for the council; `citizens` is the citizen group."""

    secretary: Actor
    make_user: Callable[..., User]
    body: Body = field(init=False)
    group: Body = field(init=False)
    partners: dict[str, Partner] = field(default_factory=dict)
    delegates: dict[str, Delegate] = field(default_factory=dict)
    by: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.body = self._body("partnership", "Upper Harrow Together")
        self.group = self._body("citizens", "Harrow Voices")
        self.add("council", "Harrow Council", "council", "council")
        self.add("co-op", "Weft Care", "co-op", "provider")
        self.add("citizens", "", "", "citizens", hours=6)

    def _body(self, kind: str, name: str) -> Body:
        return ops.make_body(name=name, kind=kind, since=dt.date(2026, 1, 1), by=self.secretary)

    def person(self, name: str) -> Person:
        user = self.make_user(name)
        return Person.objects.create(
            first_name=name.title(), last_name="Example", email=user.email, user=user
        )

    def seat(self, person: Person, role: str = "member", group: Body | None = None) -> None:
        ops.take_seat(
            body=group or self.group,
            person=person,
            way="elected",
            role=role,
            since=TODAY,
            minute="1",
            by=self.secretary,
        )

    def add(self, key: str, name: str, kind: str, role: str, hours: int | None = None) -> Partner:
        """One more partner with one delegate."""
        citizens = None
        if role == "citizens":
            citizens = self.group if not name else self._body("citizens", name)
        partner = ops.add_partner(
            body=self.body,
            role=role,
            joined=TODAY,
            organisation=None if citizens else Organisation.objects.create(name=name, kind=kind),
            citizens=citizens,
            by=self.secretary,
        )
        person = self.person(f"{key.replace('-', '')}delegate")
        if citizens:
            self.seat(person, group=citizens)
        self.partners[key] = partner
        self.delegates[key] = self.name(partner, person, hours)
        self.by[key] = Actor("user", user=person.user)
        return partner

    def name(self, partner: Partner, person: Person, hours: int | None = None) -> Delegate:
        return ops.name_delegate(
            partner=partner, person=person, since=TODAY, hours=hours, by=self.secretary
        )

    def parts(self, *shares: str) -> dict[int, ops.PartWanted]:
        given = shares or self._even()
        return {
            one.pk: ops.PartWanted("Does its part", Decimal(share))
            for one, share in zip(self.partners.values(), given, strict=True)
        }

    def _even(self) -> list[str]:
        count = len(self.partners)
        rest = 100 - (count - 1) * 20
        return ["20"] * (count - 1) + [str(rest)]

    def agree(self, *keys: str) -> PartnerAgreement:
        """A version that these (or all) have signed."""
        agreement = ops.draft_partner_agreement(
            body=self.body, text="We decide together.", parts=self.parts(), by=self.secretary
        )
        ops.offer_partner_agreement(agreement=agreement, on=TODAY, by=self.secretary)
        for key in keys or self.partners:
            ops.sign_partner_agreement(
                agreement=agreement, delegate=self.delegates[key], signed_on=TODAY, by=self.by[key]
            )
        return agreement

    def form(self) -> None:
        for kind in FormationStep.Kind.values:
            ops.note_formation_step(
                body=self.body, kind=kind, done_on=TODAY, evidence="Minute 1", by=self.secretary
            )

    def ready(self) -> Partnership:
        self.form()
        self.agree()
        return self

    def question(self, **changes: Any) -> PartnerQuestion:
        asked: dict[str, Any] = {
            "title": "Night calls",
            "text": "Shall there be somebody to call at night?",
            "matter": "strategic",
            "effect": "binding",
            "minutes": 60,
            "closes_at": CLOSES,
            "owner": self.partners["co-op"],
            "due_on": DUE,
        }
        return ops.prepare_partner_question(
            body=self.body, now=NOW, by=self.secretary, **(asked | changes)
        )

    def put(self, question: PartnerQuestion | None = None, **changes: Any) -> PartnerQuestion:
        question = question or self.question(**changes)
        return ops.put_partner_question(question=question, now=NOW, by=self.secretary)

    def vote(self, question: PartnerQuestion, **answers: str) -> None:
        for key, answer in answers.items():
            key = {"coop": "co-op"}.get(key, key)
            ops.vote_as_partner(
                question=question,
                partner=self.partners[key],
                answer=answer,
                now=NOW,
                by=self.by[key],
            )

    def decide(self, question: PartnerQuestion) -> PartnerDecision:
        return ops.close_partner_question(question=question, now=LATER, by=self.secretary)
