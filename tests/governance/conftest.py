"""A small society with a meeting, a vote and three tellers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from core.actors import Actor
from core.models import User
from core.permissions import Role
from governance import operations as ops
from governance.models import Body, Election, Meeting, Result, Teller
from members.models import Member, MemberClass, Organisation, Person, Representative

LONDON = ZoneInfo("Europe/London")
#: The day on which everything below happens.
TODAY = dt.date(2026, 3, 3)
NOW = dt.datetime(2026, 3, 3, 12, tzinfo=LONDON)
MEETING_AT = dt.datetime(2026, 3, 28, 14, tzinfo=LONDON)
RECORD_DATE = dt.date(2026, 3, 1)
CLOSES_AT = dt.datetime(2026, 3, 27, 17, tzinfo=LONDON)
AFTER = dt.datetime(2026, 3, 28, 16, tzinfo=LONDON)
#: What these test knows no clock.
PURE = ("counting", "rules", "bundle")
WORDS = ("ferry lantern oat biscuit", "copper thistle green kite", "river marble seven owls")


def user_of(member: Member) -> User:
    assert member.person
    assert member.person.user
    return member.person.user


def as_member(member: Member) -> Actor:
    return Actor("user", user=user_of(member))


def text(response: Any) -> str:
    return unescape(response.content.decode())


@dataclass
class Society:
    """The register, the officers, and short cuts through a vote's life."""

    secretary: Actor
    make_user: Callable[..., User]
    classes: dict[str, MemberClass] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    numbers_from: int = 1

    def member_class(self, constituency: str) -> MemberClass:
        if constituency not in self.classes:
            self.classes[constituency] = MemberClass.objects.create(
                code=constituency.lower(), name=constituency, who="x", constituency=constituency
            )
        return self.classes[constituency]

    def add_member(
        self,
        name: str = "",
        constituency: str = "Workers",
        joined: dt.date = dt.date(2025, 1, 6),
        ceased: dt.date | None = None,
        user: bool = True,
        email: str | None = None,
    ) -> Member:
        number = Member.objects.count() + self.numbers_from
        name = name or f"Member{number}"
        person = Person.objects.create(
            first_name=name,
            last_name="Example",
            email=f"{name.lower()}@example.org" if email is None else email,
            user=self.make_user(name, Role.MEMBER) if user else None,
        )
        member = Member.objects.create(
            number=number,
            person=person,
            member_class=self.member_class(constituency),
            joined=joined,
            ceased=ceased,
        )
        self.members.append(member)
        return member

    def add_members(self, count: int, **fields: object) -> list[Member]:
        return [self.add_member(**fields) for _ in range(count)]  # type: ignore[arg-type]

    def add_organisation(self, name: str, representative: Member) -> Member:
        organisation = Organisation.objects.create(name=name, kind="charity", email="a@example.org")
        assert representative.person
        Representative.objects.create(
            organisation=organisation, person=representative.person, since=dt.date(2025, 1, 1)
        )
        member = Member.objects.create(
            number=Member.objects.count() + 1,
            organisation=organisation,
            member_class=self.member_class("Partners"),
            joined=dt.date(2025, 1, 6),
        )
        self.members.append(member)
        return member

    def body(self) -> Body:
        return Body.objects.filter(name="General meeting").first() or ops.make_body(
            name="General meeting",
            since=dt.date(2025, 1, 1),
            sources={"notice_days": "rule 42"},
            by=self.secretary,
        )

    def meeting(self, *, motion: str = "", called: bool = True) -> Meeting:
        meeting = ops.make_meeting(
            body=self.body(),
            kind="agm",
            title="Annual general meeting 2026",
            starts_at=MEETING_AT,
            place="Weavers Hall",
            record_date=RECORD_DATE,
            by=self.secretary,
        )
        ops.add_item(meeting=meeting, title="Welcome", by=self.secretary)
        ops.add_item(meeting=meeting, title="Rules", motion=motion, by=self.secretary)
        if called:
            ops.record_notice(meeting=meeting, sent_on=TODAY, by=self.secretary)
        return meeting

    def tellers(self, meeting: Meeting) -> list[Teller]:
        people = [(f"Teller {n}", f"teller{n}@example.org") for n in (1, 2, 3)]
        return ops.name_tellers(meeting=meeting, people=people, by=self.secretary)

    def election(self, meeting: Meeting, seats: int = 2, standing: int = 4) -> Election:
        election = ops.make_election(
            meeting=meeting, title="Board", closes_at=CLOSES_AT, seats=seats, by=self.secretary
        )
        for member in [m for m in self.members if m.person_id][:standing]:
            ops.add_candidate(election=election, member=member, by=self.secretary)
        return election

    def motion_vote(self, meeting: Meeting) -> Election:
        return ops.make_election(
            meeting=meeting,
            title="The motion",
            closes_at=CLOSES_AT,
            motion=meeting.items.get(motion__isnull=False).motion,
            by=self.secretary,
        )

    def make_ready(self, election: Election) -> list[Teller]:
        """Roll frozen, passphrases set, every pair rehearsed."""
        tellers = list(election.meeting.tellers.all()) or self.tellers(election.meeting)
        for teller, words in zip(tellers, WORDS, strict=True):
            ops.set_passphrase(teller=teller, passphrase=words, by=Actor("user", teller.user))
        ops.freeze_roll(election=election, now=NOW, by=self.secretary)
        self.rehearse(tellers)
        return tellers

    def rehearse(self, tellers: list[Teller]) -> None:
        """Every pair tries its passphrases."""
        for a, b in ((0, 1), (0, 2), (1, 2)):
            ops.rehearse(
                first=tellers[a],
                first_passphrase=WORDS[a],
                second=tellers[b],
                second_passphrase=WORDS[b],
                by=Actor("user", tellers[a].user),
            )

    def open(self, election: Election) -> Election:
        self.make_ready(election)
        return ops.open_vote(election=election, now=NOW, by=self.secretary)

    def open_another(self, meeting: Meeting, seats: int = 1, standing: int = 2) -> Election:
        """One more vote at a meeting whose tellers have set their passphrases."""
        election = self.election(meeting, seats=seats, standing=standing)
        ops.freeze_roll(election=election, now=NOW, by=self.secretary)
        self.rehearse(list(meeting.tellers.all()))
        return ops.open_vote(election=election, now=NOW, by=self.secretary)

    def vote(self, election: Election, member: Member, *choices: int) -> str:
        assert member.person
        assert member.person.user
        return ops.cast_ballot(
            election=election,
            member=member,
            choices=choices,
            now=NOW,
            by=Actor("user", member.person.user),
        )

    def close(self, election: Election) -> Election:
        return ops.close_vote(election=election, now=AFTER, by=self.secretary)

    def unseal(self, election: Election, a: int = 0, b: int = 1) -> Result:
        tellers = list(election.meeting.tellers.all())
        return ops.unseal(
            election=election,
            first=tellers[a],
            first_passphrase=WORDS[a],
            second=tellers[b],
            second_passphrase=WORDS[b],
            now=AFTER,
            by=Actor("user", tellers[a].user),
        )


@pytest.fixture
def society(make_user: Callable[..., User]) -> Society:
    secretary = make_user("sita secretary", Role.SECRETARY)
    return Society(secretary=Actor("user", user=secretary), make_user=make_user)


@pytest.fixture(autouse=True)
def _today(request: pytest.FixtureRequest, time_machine: object) -> None:
    """The third of March 2026, noon."""
    if not any(f"tests/governance/{pure}" in str(request.node.path) for pure in PURE):
        time_machine.move_to(NOW, tick=False)  # type: ignore[attr-defined]


@pytest.fixture
def secretary_client(society: Society, signed_in: Callable[[User], Client]) -> Client:
    assert society.secretary.user
    return signed_in(society.secretary.user)


@pytest.fixture
def together(society: Society, make_user: Callable[..., User]) -> object:
    """A partnership of a council, a care co-op and a citizen group."""
    from tests.governance.partnering import Partnership

    return Partnership(secretary=society.secretary, make_user=make_user)
