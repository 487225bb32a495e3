"""Writing to people: by e-mail where that reaches them, else by a letter to be printed and posted.

What is written here is about somebody's membership, shares or money, or a notice that the law or
the rules ask for: it never depends on consent. What does (news, events) asks `Consent` first.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from core import audit, mail
from core.actors import Actor
from core.models import OutboxMessage
from members.models import Application, Letter, Organisation, Person
from members.ways_to_pay import our_bank

Recipient = Person | Organisation | Application


def reads_email(holder: Recipient) -> bool:
    """An e-mail will do for them."""
    return holder.reads_email


def write_to(
    holder: Recipient,
    *,
    key: str,
    kind: str,
    subject: str,
    template: str,
    context: dict[str, Any],
    post: bool = False,
    sent_to: str = "",
    by: Actor,
) -> OutboxMessage | Letter | None:
    """Write to somebody once for each `key`, whichever way; called inside operations.

    `template` is a text template with a paragraph a line; it also gets `to`, whom it is to, and
    `dear`, their name; `by_post`, `bank`, our account where it goes by post, and `acted`, who did
    it in their place.
    `post`: on paper in any case. `sent_to`: on paper it goes to this postal address, a line each,
    and not to the one that we know now. The subject names nobody. Somebody who has died is not
    written to: None. A person whom nothing reaches gets a letter all the same: the secretary sees
    that its address is missing.
    """
    if isinstance(holder, Person) and holder.died_on:
        return None
    earlier = (
        OutboxMessage.objects.filter(key=key).first() or Letter.objects.filter(key=key).first()
    )
    if earlier is not None:
        return earlier
    by_post = post or not reads_email(holder)
    bank = {"bank": our_bank()} if by_post else {}
    known = bank | context | {"to": holder, "dear": _name_of(holder), "by_post": by_post}
    known |= {"acted": who_acted(holder, by)}
    if not by_post:
        return mail.queue(
            key=key, kind=kind, to=holder.email, subject=subject, template=template, context=known
        )
    letter, made = Letter.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            _kind_of(holder): holder,
            "subject": subject,
            "text": mail.text_of(template, known),
            "sent_to": sent_to,
        },
    )
    if made:
        audit.record(by, "members.queue_letter", letter, kind=kind)
    return letter


def call_off(*, key: str, by: Actor) -> None:
    """What was written under this key, or under one that begins with it, is not posted any more:
    what it says no longer holds. What was posted or e-mailed stays."""
    begins = Q(key=key) | Q(key__startswith=f"{key}:")
    for letter in Letter.objects.filter(begins, state__in=["waiting", "printed"]):
        Letter.objects.filter(pk=letter.pk).update(
            state=Letter.State.CALLED_OFF, text="", sent_to=""
        )
        audit.record(by, "members.call_off_letter", letter)


def who_acted(holder: Recipient, by: Actor) -> str:
    """The name of who did it while acting for the person written to; else nothing."""
    acts = isinstance(holder, Person) and by.user is not None and by.acting_for == holder.pk
    return by.user.get_full_name() if acts and by.user else ""


def _name_of(holder: Recipient) -> str:
    return holder.name if isinstance(holder, Application) else str(holder)


def _kind_of(holder: Recipient) -> str:
    """The field of a letter that says whom it is to."""
    return holder._meta.model_name or ""
