"""Consent: asked for, given and withdrawn, each time with the words that were shown."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from members.acting import may_consent
from members.models import Consent, Person
from members.wording import WORDINGS


@operation(needs=None)
def note_consent(*, person: Person, purpose: str, given: bool, how: str, by: Actor) -> Consent:
    """Note that somebody says yes or no to a purpose, in today's words.

    On the website they say it themselves, or who may for them does (`may_consent`); staff note what
    came on paper, by phone or in person. Withdrawing takes no more than giving. Saying again what
    counts already, in the same words, adds nothing.
    """
    on_the_web = how == Consent.How.WEB
    if on_the_web and not may_consent(by, person, purpose, timezone.localdate()):
        raise PermissionDenied("members.note_consent")
    if not on_the_web and not by.may("members.keep_people"):
        raise PermissionDenied("members.note_consent")
    if how not in Consent.How.values:
        raise RuleError("Say how they told us.", field="how")
    if purpose not in WORDINGS:
        raise RuleError("There is no such purpose.", field="purpose")
    wording = WORDINGS[purpose].of(given)
    Person.objects.select_for_update().get(pk=person.pk)  # two presses of a button are one event
    counts = Consent.objects.standing(person).get(purpose)
    if counts and counts.given == given and counts.wording == wording:
        return counts
    consent = Consent.objects.create(
        person=person, purpose=purpose, given=given, wording=wording, how=how
    )
    audit.record(by, "members.note_consent", person, purpose=purpose, given=given, how=how)
    return consent
