"""The demo co-op's people, its register of about 220 members, and applications that wait."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from config.demo import names
from config.demo.shares import pay_application
from config.demo.world import CAST, World
from core.actors import SYSTEM, VISITOR
from members.models import Application, MemberClass, Organisation, Person
from members.operations import (
    Contact,
    add_organisation,
    add_person,
    admit_batch,
    appoint_representative,
    cease_member,
    give_sign_in,
    invite,
    key_paper_application,
    refuse,
    register_member,
    save_step,
    set_up_member_classes,
    start_application,
    submit,
    withdraw,
)


@dataclass(frozen=True)
class Kind:
    """How many members of a class there are today, and how old; shares they tend to take."""

    members: int
    ages: tuple[int, int]
    shares: tuple[int, ...]
    email_in_ten: int


KINDS = {
    "supported": Kind(48, (24, 95), (1, 1, 1, 5, 10), 5),
    "family": Kind(52, (31, 78), (1, 5, 10, 10, 25), 9),
    "worker": Kind(35, (20, 64), (1, 1, 10, 25), 10),
    "community": Kind(62, (18, 88), (1, 10, 25, 50, 100), 8),
    "investor": Kind(12, (32, 81), (250, 500, 1000, 2500, 5000), 9),
}
SUPPORTED, CARERS, CEASED = 60, 30, 18
YEARS = 6

#: Class and age of the demo people who are members; everyone else of the CAST is not.
CAST_MEMBERS = {
    "secretary@example.org": ("worker", 47),
    "coordinator@example.org": ("worker", 39),
    "carer@example.org": ("worker", 52),
    "member@example.org": ("community", 34),
    "family@example.org": ("family", 56),
    "supported@example.org": ("supported", 83),
    "board@example.org": ("community", 61),
    "treasurer@example.org": ("investor", 58),
    "teller1@example.org": ("community", 70),
    "teller2@example.org": ("family", 45),
    "teller3@example.org": ("community", 66),
    "editor@example.org": ("community", 29),
}

ORGANISATIONS = (
    ("Skelbeck Valley Parish Council", "council", "clerk", 500),
    ("Weavers Green Credit Union", "co-op", "office", 250),
    ("Cloughfoot Community Shop", "co-op", "hello", 100),
    ("Damside Almshouses Trust", "charity", "trustees", 200),
    ("Upper Harrow Chapel Lunch Club", "charity", "lunch", 25),
    ("Beck Wheels Community Transport", "charity", "rides", 100),
    ("Bridge Gate Surgery", "nhs", "practice", 250),
    ("Netherby Mill Bakers", "co-op", "bread", 50),
    ("Fielden and Daughters, Pharmacists", "business", "counter", 100),
    ("Skelbeck Carers' Circle", "charity", "circle", 10),
)

GONE_BECAUSE = ("Moved away", "Moved to family", "Resigned", "Resigned", "Changed jobs")


@transaction.atomic
def build(world: World) -> None:
    """People first, then the register in the order in which they joined, then applications."""
    classes = {member_class.code: member_class for member_class in set_up_member_classes(by=SYSTEM)}
    entries = _people(world, classes) + _organisations(world, classes)
    entries.sort(key=lambda entry: entry["joined"])
    for entry in entries:
        ceased = entry.pop("ceased")
        member = register_member(by=world.secretary, **entry)
        if ceased:
            cease_member(
                member=member,
                ceased=ceased,
                because=world.random.choice(GONE_BECAUSE),
                by=world.secretary,
            )
        elif member.person is not None:
            world.members.append(member.person)
    _sign_ins(world)
    _applications(world, classes)


# --- People and the register ------------------------------------------------------------------


class Crowd:
    """Makes people, each with a name and numbers of their own."""

    def __init__(self, world: World) -> None:
        self.world, self.chance = world, world.random
        self.taken = {name for name, _role in CAST.values()}
        self.phones = self.chance.sample(range(1000), 900)

    def person(
        self, ages: tuple[int, int], email_in_ten: int, name: str = "", email: str = ""
    ) -> Person:
        while not name:
            drawn = " ".join(names.weighted_name(self.chance))
            name = "" if drawn in self.taken else drawn
        self.taken.add(name)
        first_name, last_name = name.split(" ")
        age = self.chance.randint(*ages)
        born = self.world.today - dt.timedelta(days=age * 365.25 + self.chance.randint(1, 364))
        if not email and self.chance.randrange(10) < email_in_ten:
            email = f"{_plain(first_name)}.{_plain(last_name)}@example.org"
        old = age > 74
        return add_person(
            first_name=first_name,
            last_name=last_name,
            born=born,
            contact=Contact(
                email=email,
                phone=self._phone(),
                format=self.chance.choices(
                    ("standard", "large", "easy", "audio"), (6, 3, 0, 1) if old else (30, 1, 1, 0)
                )[0],
                **names.address(self.chance),
            ),
            by=self.world.secretary,
        )

    def _phone(self) -> str:
        figures = f"{self.phones.pop():03}"
        return f"01632 960 {figures}" if self.chance.random() < 0.5 else f"07700 900 {figures}"


def _plain(name: str) -> str:
    """A name as it stands in an e-mail address."""
    return name.lower().translate(str.maketrans("łżśćńąęóźáéí", "lzscnaeozaei", "'"))


def _people(world: World, classes: dict[str, MemberClass]) -> list[dict[str, Any]]:
    """Everyone, and the register entries of those who are members."""
    crowd = Crowd(world)
    entries = []
    for email, (name, _role) in CAST.items():
        if email == "council@example.org":
            continue
        code, age = CAST_MEMBERS.get(email, ("", 41))
        person = crowd.person((age, age), 10, name, email)
        world.people[email] = person
        if code:
            entries.append(_entry(world, classes[code], founding=True, person=person))
    by_code: dict[str, list[Person]] = {code: [] for code in KINDS}
    for email, (code, _age) in CAST_MEMBERS.items():
        by_code[code].append(world.people[email])
    for code, kind in KINDS.items():
        while len(by_code[code]) < kind.members:
            person = crowd.person(kind.ages, kind.email_in_ten)
            by_code[code].append(person)
            entries.append(_entry(world, classes[code], person=person))
    for _ in range(CEASED):
        code = world.random.choice(list(KINDS))
        person = crowd.person(KINDS[code].ages, 4)
        entries.append(_entry(world, classes[code], person=person, gone=True))
    world.family = by_code["family"]
    world.supported = by_code["supported"]
    while len(world.supported) < SUPPORTED:
        world.supported.append(crowd.person(KINDS["supported"].ages, 4))
    world.carers = [p for p in by_code["worker"] if p.email not in CAST or "carer" in p.email]
    world.carers = world.carers[: CARERS - 4]
    while len(world.carers) < CARERS:
        world.carers.append(crowd.person((20, 40), 10))
    return entries


def _entry(
    world: World,
    member_class: MemberClass,
    *,
    founding: bool = False,
    gone: bool = False,
    **member: Any,
) -> dict[str, Any]:
    """What the register says of one member: entered at a board meeting, now and then ceased."""
    chance, meetings = world.random, board_meetings(world.today)
    joined = meetings[0] if founding else meetings[int(len(meetings) * chance.random() ** 1.4)]
    if gone:
        joined = min(joined, meetings[-12])
    shares = member.pop("shares", 0) or chance.choice(KINDS[member_class.code].shares)
    return member | {
        "member_class": member_class,
        "joined": joined,
        "shares": shares,
        "minute": f"{joined:%Y-%m} / {chance.randint(3, 9)}",
        "ceased": joined + (world.today - joined) * chance.uniform(0.2, 0.95) if gone else None,
    }


def board_meetings(today: dt.date) -> list[dt.date]:
    """The first Tuesday of each month of the last six years, oldest first, none of this month."""
    first = today.replace(day=1)
    meetings = []
    for _ in range(YEARS * 12):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        meetings.append(first + dt.timedelta(days=(1 - first.weekday()) % 7))
    return meetings[::-1]


def _organisations(world: World, classes: dict[str, MemberClass]) -> list[dict[str, Any]]:
    """Partner organisations; the people who act for them are community members or their own."""
    crowd = Crowd(world)
    crowd.taken |= {str(person) for person in Person.objects.all()}
    crowd.phones = [999 - number for number in range(len(ORGANISATIONS))]
    entries = []
    for name, kind, mailbox, shares in ORGANISATIONS:
        organisation = add_organisation(
            name=name,
            kind=kind,
            contact=Contact(
                email=f"{mailbox}.{_plain(name.split()[0])}@example.org",
                **names.address(world.random),
            ),
            by=world.secretary,
        )
        entry = _entry(world, classes["organisation"], organisation=organisation, shares=shares)
        appoint_representative(
            organisation=organisation,
            person=crowd.person((35, 70), 10),
            since=entry["joined"],
            by=world.secretary,
        )
        entries.append(entry)
    return entries


def _sign_ins(world: World) -> None:
    """Members and carers with an e-mail address can sign in, and so can the CAST."""
    acting = [r.person for o in Organisation.objects.all() for r in o.representatives.all()]
    everyone = [*world.people.values(), *world.members, *world.carers, *acting]
    for person in {person.pk: person for person in everyone}.values():
        if person.email:
            give_sign_in(person=person, by=world.secretary)


# --- Applications -------------------------------------------------------------------------------


def _applications(world: World, classes: dict[str, MemberClass]) -> None:
    """Eight that wait (one on paper has gaps, one is from somebody we know, some are not paid for),
    one being filled in, one invited; two admitted, one refused, one taken back."""
    known = world.supported[-1]
    for days, code, name, evidence in (
        (1, "community", "Rosa Whiteley", "I run the wool stall on Skelbeck Bridge market."),
        (3, "family", "Junaid Rafiq", "I look after my father in Damside, who has Parkinson's."),
        (6, "worker", "Kasia Wieczorek", "Home care worker with you since the spring."),
        (8, "investor", "Edmund Fairclough", ""),
        (11, "supported", str(known), "You help me to wash and dress, five mornings a week."),
    ):
        _by_web(world, classes[code], name, evidence, days, known if name == str(known) else None)
    _organisation_by_web(world, classes["organisation"], 5)
    _by_paper(world, classes["family"], "Bernard", "Uttley", days=13, complete=False)
    _by_paper(world, classes["community"], "Lorna", "Brathwaite", days=15, complete=True)
    draft = start_application(member_class=classes["community"], by=VISITOR)
    save_step(
        application=draft,
        step="about",
        answers={"first_name": "Niall", "last_name": "Cassidy", "born": _born(world, 31)},
        by=VISITOR,
    )
    save_step(
        application=draft, step="contact", answers={"email": "niall.c@example.org"}, by=VISITOR
    )
    invite(
        email="meera.n@example.org",
        name="Meera Nair",
        member_class=classes["community"],
        by=world.secretary,
    )
    for application in Application.objects.waiting().select_related("member_class"):
        pay_application(world, application)
    met = board_meetings(world.today)[-1]
    ago = (world.today - met).days
    allotments, sister = "Allotment secretary at Cloughfoot.", "My sister has support."
    admitted = [
        _by_web(world, classes["community"], "Gwen Lumb", allotments, ago + 4),
        _by_web(world, classes["family"], "Patrick Sheridan", sister, ago + 7),
    ]
    for application in admitted:
        pay_application(world, application)
    admit_batch(
        applications=admitted,
        board_meeting=met,
        minute=f"{world.today:%Y}/14.2",
        by=world.secretary,
    )
    dale = _by_web(world, classes["worker"], "Dale Frost", "I would like a job.", ago + 10)
    pay_application(world, dale)
    refuse(
        application=dale,
        reason="Care worker membership is for people who work for the co-op. "
        "You are welcome to apply as a community supporter.",
        board_meeting=met,
        minute=f"{world.today:%Y}/14.3",
        by=world.secretary,
    )
    withdraw(
        application=_by_web(world, classes["community"], "Ingrid Moss", "Moving here in June.", 33),
        by=VISITOR,
    )


def _born(world: World, age: int) -> dt.date:
    return world.today - dt.timedelta(days=int(age * 365.25) + world.random.randint(1, 300))


def _by_web(
    world: World,
    member_class: MemberClass,
    name: str,
    evidence: str,
    days: int,
    known: Person | None = None,
) -> Application:
    """Filled in step by step on the website, and handed in so many days ago."""
    first_name, _blank, last_name = name.rpartition(" ")
    steps: dict[str, dict[str, Any]] = {
        "about": {
            "first_name": first_name,
            "last_name": last_name,
            "born": known.born if known else _born(world, 44),
        },
        "contact": {
            "email": f"{_plain(first_name)}.{_plain(last_name)}@example.org",
            "phone": f"07700 900 {100 + days}",
            **names.address(world.random),
        },
        "evidence": {"evidence": evidence},
    }
    return _hand_in(world, member_class, steps, days)


def _organisation_by_web(world: World, member_class: MemberClass, days: int) -> None:
    steps: dict[str, dict[str, Any]] = {
        "about": {
            "organisation_name": "Skelbeck Repair Café",
            "organisation_kind": "charity",
            "first_name": "Delroy",
            "last_name": "Pryce",
        },
        "contact": {"email": "repair.cafe@example.org", **names.address(world.random)},
        "evidence": {"evidence": "Charity in formation; the committee decided on 4 May to join."},
    }
    _hand_in(world, member_class, steps, days)


def _hand_in(
    world: World, member_class: MemberClass, steps: dict[str, dict[str, Any]], days: int
) -> Application:
    application = start_application(member_class=member_class, by=VISITOR)
    moment = timezone.now() - dt.timedelta(days=days, minutes=world.random.randint(1, 300))
    steps["shares"] = {
        "shares": 250 if member_class.code == "investor" else 10,
        "agreed_to_rules_at": moment,
    }
    for step, answers in steps.items():
        application = save_step(application=application, step=step, answers=answers, by=VISITOR)
    return submit(application=application, now=moment, by=VISITOR)


def _by_paper(
    world: World,
    member_class: MemberClass,
    first_name: str,
    last_name: str,
    *,
    days: int,
    complete: bool,
) -> None:
    """Keyed by the secretary; the incomplete one lacks a birthday and a postcode."""
    answers: dict[str, object] = {
        "member_class": member_class,
        "first_name": first_name,
        "last_name": last_name,
        "evidence": "Known to the secretary from the Tuesday lunch club.",
        "shares": 5,
        "agreed_to_rules_at": timezone.now(),
        **names.address(world.random),
    }
    answers |= {"born": _born(world, 71)} if complete else {"postcode": ""}
    key_paper_application(
        answers=answers, received=world.today - dt.timedelta(days=days), by=world.secretary
    )
