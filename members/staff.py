"""Who is an officer or employee of the society, as far as we can know."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from core.models import RoleGrant
from core.permissions import Role
from members.models import Member, MemberClass, Office, Person
from members.querysets import PersonQuerySet

#: The class of membership of people who are employed.
WORKERS = "worker"
#: Roles that only officers and employees are given.
ROLES = (Role.CARER, Role.COORDINATOR, Role.SECRETARY, Role.TREASURER, Role.BOARD)


def officers_and_employees(on: dt.date) -> PersonQuerySet:
    """By an office that they held, by membership as a care worker, or by a role, on a day."""
    workers = MemberClass.objects.filter(code=WORKERS)
    return Person.objects.filter(
        Q(pk__in=Office.objects.held_on(on).values("person"))
        | Q(
            pk__in=Member.objects.active_on(on)
            .with_class(on)
            .filter(Q(class_then__in=workers.values("pk")), person__isnull=False)
            .values("person")
        )
        | Q(user__in=RoleGrant.objects.active_on(on).filter(role__in=ROLES).values("user"))
    )
