"""Who may see which part of a care record, and what an agreement may say. Facts, no database.

Source of the access table: the ground on which somebody is let in decides which groups of fields
they see, so that an attorney for money reads no health note and a carer no bank detail.
"""

from __future__ import annotations

from django.db.models import TextChoices


class Ground(TextChoices):
    """Why somebody may see a person's care record."""

    SELF = "self", "The person themself"
    FAMILY = "family", "Family or circle of support"
    MONEY_ATTORNEY = "money", "Attorney for money and property"
    HEALTH_ATTORNEY = "health", "Attorney for health and welfare"
    TEAM = "team", "Coordinator of the team"
    ROTA = "rota", "Carer on the rota"


class Group(TextChoices):
    """The groups of fields of a care record, as the read log names them."""

    IDENTITY = "identity", "name and date of birth"
    CONTACT = "contact", "address and contact details"
    VISITS = "visits", "agreement and visits"
    HEALTH = "health", "health and what carers must know"
    MONEY = "money", "money"
    SAFEGUARDING = "safeguarding", "safeguarding"
    LEGAL = "legal", "who agreed what, and with what authority"
    ACCESS = "access", "who may see this record and who looked"


_EVERYBODY = frozenset({Group.IDENTITY, Group.CONTACT, Group.VISITS})

#: Safeguarding is on no list: it is opened case by case to those who need to know.
SEES: dict[Ground, frozenset[Group]] = {
    Ground.SELF: _EVERYBODY | {Group.HEALTH, Group.MONEY, Group.LEGAL, Group.ACCESS},
    Ground.FAMILY: _EVERYBODY,
    Ground.MONEY_ATTORNEY: _EVERYBODY | {Group.MONEY, Group.LEGAL, Group.ACCESS},
    Ground.HEALTH_ATTORNEY: _EVERYBODY | {Group.HEALTH, Group.LEGAL, Group.ACCESS},
    Ground.TEAM: _EVERYBODY | {Group.HEALTH, Group.MONEY, Group.LEGAL, Group.ACCESS},
    Ground.ROTA: _EVERYBODY | {Group.HEALTH},
}


def groups_for(grounds: set[Ground] | frozenset[Ground]) -> frozenset[Group]:
    """The groups of fields that these grounds together open; none opens none."""
    return frozenset().union(*(SEES[ground] for ground in grounds))


def grounds_that_see(group: Group) -> list[Ground]:
    """The grounds that open this group."""
    return [ground for ground, groups in SEES.items() if group in groups]
