"""What the builders of the demo co-op hand on to one another."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from core.actors import SYSTEM, Actor
from core.models import User
from core.operations import create_user, grant_role
from core.permissions import Role
from members.models import Person

#: e-mail → name, and the role that does not come from membership.
CAST: dict[str, tuple[str, Role | None]] = {
    "secretary@example.org": ("Nasreen Akhtar", Role.SECRETARY),
    "coordinator@example.org": ("Declan Byrne", Role.COORDINATOR),
    "carer@example.org": ("Marcia Campbell", Role.CARER),
    "member@example.org": ("Tom Hirst", None),
    "family@example.org": ("Helen Ogden", None),
    "supported@example.org": ("Margaret Ogden", None),
    "board@example.org": ("Zbigniew Nowak", Role.BOARD),
    "treasurer@example.org": ("Harpreet Sandhu", Role.TREASURER),
    "teller1@example.org": ("Joyce Greenwood", None),
    "teller2@example.org": ("Imran Hussain", None),
    "teller3@example.org": ("Bridget Gallagher", None),
    "editor@example.org": ("Callum Sutcliffe", Role.EDITOR),
    "council@example.org": ("Olivia Barraclough", Role.COUNCIL),
    "administrator@example.org": ("Ewa Kowalska", Role.ADMINISTRATOR),
}


@dataclass
class World:
    """The demo co-op as it grows. Every builder takes it, uses it and adds to it.

    The same `today` gives the same co-op: all chance comes from `random`.
    """

    today: dt.date
    random: random.Random
    users: dict[str, User]
    #: People of the CAST by e-mail (all but the council officer).
    people: dict[str, Person] = field(default_factory=dict)
    #: Everyone in the register today who is a person.
    members: list[Person] = field(default_factory=list)
    #: 60 people supported; the first is supported@example.org.
    supported: list[Person] = field(default_factory=list)
    #: Family carers in the register; the first is family@example.org, daughter of supported[0].
    family: list[Person] = field(default_factory=list)
    #: 30 carers; the first is carer@example.org. Most have an e-mail address and can sign in.
    carers: list[Person] = field(default_factory=list)

    def actor(self, email: str) -> Actor:
        """Somebody of the CAST, as the one who acts."""
        return Actor("user", user=self.users[email])

    @property
    def secretary(self) -> Actor:
        return self.actor("secretary@example.org")

    @property
    def coordinator(self) -> Actor:
        return self.actor("coordinator@example.org")

    @property
    def editor(self) -> Actor:
        return self.actor("editor@example.org")

    @property
    def administrator(self) -> Actor:
        return self.actor("administrator@example.org")


def make_world(today: dt.date) -> World:
    """Users and roles of the CAST, as the system; the rest is for the builders."""
    users = {}
    for email, (name, role) in CAST.items():
        user = create_user(email=email, name=name, by=SYSTEM)
        if role is not None:
            grant_role(user=user, role=role, since=today - dt.timedelta(days=400), by=SYSTEM)
        users[email] = user
    return World(today=today, random=random.Random(1847), users=users)
