"""What partners agree: written, offered, signed by every one of them, and then in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from governance.models import (
    AgreementPart,
    Body,
    Delegate,
    PartnerAgreement,
    PartnerSignature,
)
from governance.operations.telling import write_about
from governance.partnership import KEEPS, is_voting, own_user
from governance.rules.partners import shares_fault

State = PartnerAgreement.State


@dataclass(frozen=True)
class PartWanted:
    """What one partner is to do, and its share in per cent of what all contribute."""

    does: str
    share: Decimal


Parts = Mapping[int, PartWanted]


@operation(needs=KEEPS)
def draft_partner_agreement(*, body: Body, text: str, parts: Parts, by: Actor) -> PartnerAgreement:
    """Write the next version of what the partners agree. `parts` is by id of the partner."""
    if body.kind != Body.Kind.PARTNERSHIP:
        raise RuleError("Only partners make an agreement like this.")
    last = body.agreements.aggregate(last=Max("version"))["last"] or 0
    try:
        with transaction.atomic():
            agreement = PartnerAgreement.objects.create(
                body=body, version=last + 1, text=_words(text)
            )
    except IntegrityError:
        raise RuleError("A version is being made already. Finish or withdraw it first.") from None
    _keep_parts(agreement, parts)
    audit.record(by, "governance.draft_partner_agreement", agreement, body=body.pk)
    return agreement


@operation(needs=KEEPS)
def change_partner_agreement(
    *, agreement: PartnerAgreement, text: str, parts: Parts, by: Actor
) -> PartnerAgreement:
    """Change a version before it is offered."""
    drafts = PartnerAgreement.objects.filter(pk=agreement.pk, state=State.DRAFT)
    if drafts.update(text=_words(text)) != 1:
        raise RuleError("It has been offered for signing: write another version.")
    agreement.refresh_from_db()
    agreement.parts.all().delete()
    _keep_parts(agreement, parts)
    audit.record(by, "governance.change_partner_agreement", agreement)
    return agreement


def _words(text: str) -> str:
    if not text.strip():
        raise RuleError("Write what you agree.", field="text")
    return text.strip()


def _keep_parts(agreement: PartnerAgreement, parts: Parts) -> None:
    """A part for each partner there is, with shares of exactly 100 % together."""
    partners = list(agreement.body.partners.standing())
    if set(parts) != {one.pk for one in partners}:
        raise RuleError("Say of each partner what it does.")
    if any(not parts[one.pk].does.strip() for one in partners):
        raise RuleError("Say of each partner what it does.")
    refuse_shares([parts[one.pk].share for one in partners])
    AgreementPart.objects.bulk_create(
        AgreementPart(
            agreement=agreement,
            partner=one,
            does=parts[one.pk].does.strip(),
            share=parts[one.pk].share,
        )
        for one in partners
    )


def refuse_shares(shares: Sequence[Decimal]) -> None:
    """Shares come to 100 % together, exactly."""
    fault = shares_fault([Fraction(share) for share in shares])
    if fault:
        raise RuleError(fault)


@operation(needs=KEEPS)
def offer_partner_agreement(
    *, agreement: PartnerAgreement, on: dt.date, by: Actor
) -> PartnerAgreement:
    """Lay a version before the partners to sign. Its words are fixed from now on, and whoever may
    sign it for a partner is written to.
    """
    _refuse_other_partners(agreement)
    drafts = PartnerAgreement.objects.filter(pk=agreement.pk, state=State.DRAFT)
    if drafts.update(state=State.OFFERED, offered_on=on) != 1:
        raise RuleError("It has been offered or withdrawn already.")
    agreement.refresh_from_db()
    audit.record(by, "governance.offer_partner_agreement", agreement)
    _tell(agreement, on, by)
    return agreement


def _tell(agreement: PartnerAgreement, day: dt.date, by: Actor) -> None:
    """Write to whoever may sign it for a partner."""
    delegates = Delegate.objects.held_on(day).filter(
        partner__body=agreement.body_id, person__died_on__isnull=True
    )
    parts = list(agreement.parts.select_related("partner__organisation", "partner__citizens"))
    for one in delegates.select_related("person"):
        write_about(
            one.person,
            key=f"governance.partner_agreement:{agreement.pk}:{one.pk}",
            kind="governance.partner_agreement",
            subject=f"{agreement.body.name}: an agreement to sign",
            template="governance/mail/partner_agreement.txt",
            context={
                "agreement": agreement,
                "parts": parts,
                "delegate": one,
                "name": str(one.person),
            },
            by=by,
        )


def _refuse_other_partners(agreement: PartnerAgreement) -> None:
    now = set(agreement.body.partners.standing().values_list("pk", flat=True))
    if not agreement.covers(now):
        raise RuleError(
            "The partners have changed since it was written. Withdraw it, and write a "
            "version for those there are now."
        )


@operation(needs=KEEPS)
def withdraw_partner_agreement(*, agreement: PartnerAgreement, by: Actor) -> PartnerAgreement:
    """Give up a version that is not in force."""
    making = PartnerAgreement.objects.filter(
        pk=agreement.pk, state__in=[State.DRAFT, State.OFFERED]
    )
    if making.update(state=State.WITHDRAWN) != 1:
        raise RuleError("Only a version that is being made can be withdrawn.")
    agreement.refresh_from_db()
    audit.record(by, "governance.withdraw_partner_agreement", agreement)
    return agreement


@operation(needs=None)
def sign_partner_agreement(
    *, agreement: PartnerAgreement, delegate: Delegate, signed_on: dt.date, by: Actor
) -> PartnerAgreement:
    """A partner signs, by its delegate; the secretary notes a signature on paper.

    When every partner has signed it is in force, from the last of these days, and takes the place
    of the version before.
    """
    keyed = not _is(delegate, by)
    if keyed and not by.may(KEEPS):
        raise PermissionDenied("not their signature")
    refuse_day_to_come(signed_on, "signed_on")
    _refuse_signature(agreement, delegate, signed_on)
    _refuse_other_partners(agreement)
    offered = PartnerAgreement.objects.filter(pk=agreement.pk, state=State.OFFERED)
    if offered.update(state=State.OFFERED) != 1:  # and keep other signatures out meanwhile
        raise RuleError("It is not waiting for signatures.")
    try:
        with transaction.atomic():
            signature = PartnerSignature.objects.create(
                agreement=agreement,
                partner=delegate.partner,
                delegate=delegate,
                signed_on=signed_on,
                keyed_by=by.user if keyed else None,
            )
    except IntegrityError:
        raise RuleError("This partner has signed already.") from None
    audit.record(
        by,
        "governance.sign_partner_agreement",
        signature,
        agreement=agreement.pk,
        partner=delegate.partner_id,
        keyed=keyed,
    )
    _come_into_force(agreement)
    return agreement


def _is(delegate: Delegate, by: Actor) -> bool:
    user = own_user(by)
    return user is not None and delegate.person.user_id == user.pk


def _refuse_signature(agreement: PartnerAgreement, delegate: Delegate, day: dt.date) -> None:
    if delegate.partner.body_id != agreement.body_id:
        raise RuleError("That is a delegate in another partnership.", field="delegate")
    if not Delegate.objects.held_on(day).filter(pk=delegate.pk).exists():
        raise RuleError("They did not speak for their partner on that day.", field="signed_on")
    if agreement.offered_on and day < agreement.offered_on:
        raise RuleError("It had not been offered for signing yet.", field="signed_on")
    if is_voting(agreement.body):
        raise RuleError("Partners are voting. Wait until the vote is closed.")


def _come_into_force(agreement: PartnerAgreement) -> None:
    wanted = set(agreement.parts.values_list("partner", flat=True))
    signed = agreement.signatures.all()
    if wanted != {one.partner_id for one in signed}:
        return
    since = max(one.signed_on for one in signed)
    live = agreement.body.agreements.filter(state=State.LIVE)
    live.update(state=State.ENDED, ended_on=since)
    PartnerAgreement.objects.filter(pk=agreement.pk).update(state=State.LIVE, live_since=since)
    agreement.refresh_from_db()
