"""What an organisation is called and what it is."""

from __future__ import annotations

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger.money import in_words, pence_of
from members.models import Organisation, ShareTransaction, SocietyRules
from members.rules.needs import ALL_BY_EMAIL


@operation(needs="members.keep_people")
def correct_organisation(
    *,
    organisation: Organisation,
    name: str,
    kind: str,
    is_society: bool,
    email_purposes: str = ALL_BY_EMAIL,
    by: Actor,
) -> Organisation:
    """Put right what an organisation is called, what kind it is, whether it is itself a registered
    society, and what may come to it by e-mail: `email_purposes`, or nothing.

    The limit on withdrawable shares holds for whoever is none: one that holds more stays one.
    """
    found = Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_organisation(name=name, kind=kind, but=found)
    if found.is_society and not is_society:
        _refuse_over_the_limit(found)
    told = {
        "name": name.strip(),
        "kind": kind,
        "is_society": is_society,
        "email_purposes": email_purposes,
    }
    changed = [field for field, value in told.items() if getattr(found, field) != value]
    for field in changed:
        setattr(found, field, told[field])
    if changed:
        found.save(update_fields=changed)
        audit.record(by, "members.correct_organisation", found, fields=changed)
    return found


def check_organisation(*, name: str, kind: str, but: Organisation | None = None) -> None:
    """Refuse a kind that there is not, and a name that is missing or another's."""
    if kind not in dict(Organisation._meta.get_field("kind").flatchoices):
        raise RuleError("Choose what kind of organisation it is.", field="kind")
    if not name.strip():
        raise RuleError("An organisation needs a name.", field="name")
    others = Organisation.objects.exclude(pk=but.pk) if but else Organisation.objects.all()
    if others.filter(name__iexact=name.strip()).exists():
        raise RuleError("We know an organisation of this name already.", field="name")


def _refuse_over_the_limit(organisation: Organisation) -> None:
    held = ShareTransaction.objects.up_to(timezone.localdate())
    pence = held.filter(member__organisation=organisation).withdrawable_pence()
    if pence > pence_of(SocietyRules.current().most_shares_value):
        raise RuleError(
            f"It holds {in_words(pence)} in withdrawable shares, more than one that is no "
            "registered society may hold.",
            field="is_society",
        )
