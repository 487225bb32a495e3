"""What people are trained and cleared to do."""

from __future__ import annotations

import datetime as dt

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from members.models import Person, Qualification, Skill


@operation(needs="members.keep_skills")
def add_skill(*, code: str, name: str, by: Actor) -> Skill:
    """Note a skill, training or check that tasks can ask for. The same code twice is one skill."""
    skill, created = Skill.objects.get_or_create(code=code, defaults={"name": name})
    if created:
        audit.record(by, "members.add_skill", skill)
    return skill


@operation(needs="members.keep_skills")
def qualify(
    *, person: Person, skill: Skill, since: dt.date, until: dt.date | None = None, by: Actor
) -> Qualification:
    """Note that a person has a skill from a day, until a day (inclusive) or for good."""
    if until and until < since:
        raise RuleError("The last day must not be before the first.", field="until")
    if Qualification.objects.filter(person=person, skill=skill, since=since).exists():
        raise RuleError("This is noted already from the same day.", field="since")
    qualification = Qualification.objects.create(
        person=person, skill=skill, since=since, until=until
    )
    audit.record(by, "members.qualify", person, skill=skill.pk)
    return qualification
