"""Who acts for whom in the demo co-op, what people need and agree to, letters that wait, one human
who stands there twice, and a request for one's data."""

from __future__ import annotations

import datetime as dt
import random

from django.db import transaction

from config.demo.world import World
from members.models import Letter, Person
from members.operations import (
    Contact,
    add_person,
    change_needs,
    note_consent,
    note_data_request,
    post_letters,
    print_letters,
    record_authority,
)
from members.rules.needs import Needs
from members.wording import WORDINGS
from members.writing import write_to

#: So many members have been asked what they agree to; most said yes, some took it back.
ASKED = 90
LETTERS = 6
NEEDS = (
    Needs(language="Polish", interpreter=True),
    Needs(language="Urdu", interpreter=True, prefers="phone"),
    Needs(signs=True, interpreter=True, prefers="text", not_by=("phone",)),
    Needs(format="easy", other_needs="Short sentences; her sister reads with her."),
    Needs(format="large", other_needs="Black print on yellow paper."),
    Needs(other_needs="Hard of hearing: speak slowly, facing him.", not_by=("phone",)),
)


@transaction.atomic
def build(world: World) -> None:
    """After everybody is there. Chance of its own, so that the other builders draw as before."""
    chance = random.Random(1844)
    _acting(world)
    _needs(world)
    _consents(world, chance)
    _letters(world)
    _twice(world)
    note_data_request(
        person=world.members[40],
        received_on=world.today - dt.timedelta(days=9),
        by=world.secretary,
    )


def _acting(world: World) -> None:
    """The daughter is her mother's attorney for money; a neighbour helps somebody else."""
    mother = world.people["supported@example.org"]
    record_authority(
        person=mother,
        acting=world.people["family@example.org"],
        ground="attorney_money",
        scope=["membership", "money"],
        since=world.today - dt.timedelta(days=400),
        evidence="Registered lasting power of attorney, reference 7001-3381-0042",
        seen_on=world.today - dt.timedelta(days=398),
        by=world.secretary,
    )
    record_authority(
        person=world.supported[3],
        acting=world.members[25],
        ground="helper",
        scope=["membership"],
        since=world.today - dt.timedelta(days=60),
        until=world.today + dt.timedelta(days=300),
        by=world.coordinator,
    )
    change_needs(
        person=mother,
        needs=Needs(
            format="large", other_needs="Give her time to answer on the phone.", prefers="phone"
        ),
        by=world.coordinator,
    )


def _needs(world: World) -> None:
    able = [person for person in world.supported[5:] if person.phone and person.postal_address]
    for person, needs in zip(able, NEEDS, strict=False):
        change_needs(person=person, needs=needs, by=world.coordinator)


def _consents(world: World, chance: random.Random) -> None:
    for person in world.members[:ASKED]:
        for purpose in WORDINGS:
            if chance.random() < 0.6:
                _ask(world, person, purpose, chance)


def _ask(world: World, person: Person, purpose: str, chance: random.Random) -> None:
    how = chance.choice(("paper", "phone", "person"))
    given = chance.random() < 0.8
    note_consent(person=person, purpose=purpose, given=given, how=how, by=world.secretary)
    if given and chance.random() < 0.1:
        note_consent(person=person, purpose=purpose, given=False, how="phone", by=world.secretary)


def _letters(world: World) -> None:
    """Some members hear by post who to ask; two letters are printed and one is posted."""
    without = [person for person in world.members if not person.email and not person.died_on]
    letters = [
        write_to(
            person,
            key=f"members.office:{person.pk}",
            kind="members.office",
            subject="How to reach our office",
            template="members/mail/office.txt",
            context={},
            by=world.secretary,
        )
        for person in without[:LETTERS]
    ]
    queued = [letter for letter in letters if isinstance(letter, Letter)]
    print_letters(letters=queued[:3], by=world.secretary)
    post_letters(letters=queued[:1], posted_on=world.today, by=world.secretary)


def _twice(world: World) -> None:
    """A member whom somebody keyed in once more, from a list of helpers."""
    member = world.members[12]
    add_person(
        first_name=member.first_name,
        last_name=member.last_name,
        born=member.born,
        contact=Contact(phone=member.phone, town=member.town),
        by=world.coordinator,
    )
