"""The print queue: letters are printed, posted and then forgotten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from members.models import Letter

State = Letter.State


@operation(needs="members.keep_letters")
def print_letters(*, letters: Collection[Letter], by: Actor) -> list[Letter]:
    """Letters go to the printer: those that wait are printed from now on, others are again.

    What was posted or called off is not printed any more. Returns them in the queue's order.
    """
    ids = [letter.pk for letter in letters]
    chosen = Letter.objects.filter(pk__in=ids)
    chosen.waiting().update(state=State.PRINTED, printed_at=timezone.now())
    printed = list(chosen.to_post().with_recipient())
    if not printed:
        raise RuleError("Tick the letters to print.", field="letters")
    audit.record(by, "members.print_letters", letters=[letter.pk for letter in printed])
    return printed


@operation(needs="members.keep_letters")
def post_letters(
    *, letters: Collection[Letter], posted_on: dt.date, prepared: bool = False, by: Actor
) -> int:
    """Note the day on which printed letters went to the post; returns how many.

    Those whose reader needs Easy Read, audio, signing or another language go with the others only
    where somebody says that they were prepared so.
    """
    refuse_day_to_come(posted_on, "posted_on")
    ids = [letter.pk for letter in letters]
    to_post = Letter.objects.filter(pk__in=ids).to_post()
    by_hand = to_post.count() - to_post.for_the_printer().count()
    if by_hand and not prepared:
        raise RuleError(
            f"{by_hand} of these {'has' if by_hand == 1 else 'have'} to be prepared by hand for "
            "their reader. Say that it was done, or tick only the others.",
            field="prepared",
        )
    if any(posted_on < timezone.localdate(letter.printed_at) for letter in to_post):
        raise RuleError("Some were printed after that day.", field="posted_on")
    ids = list(to_post.values_list("pk", flat=True))
    posted = to_post.update(state=State.POSTED, posted_on=posted_on)
    if not posted:
        raise RuleError("Tick the letters that were posted.", field="letters")
    audit.record(by, "members.post_letters", letters=sorted(ids), posted_on=posted_on.isoformat())
    return posted


@operation(needs="members.keep_letters")
def take_back_posting(*, letter: Letter, by: Actor) -> Letter:
    """A letter was noted as posted by mistake: it is printed, and to be posted, as before.

    Not once what it said is forgotten.
    """
    posted = Letter.objects.filter(pk=letter.pk, state=State.POSTED).exclude(text="")
    if posted.update(state=State.PRINTED, posted_on=None) != 1:
        raise RuleError("This letter is not noted as posted, or what it said is no longer kept.")
    letter.refresh_from_db()
    audit.record(by, "members.take_back_posting", letter)
    return letter


@operation(needs="members.keep_letters")
def call_off_letter(*, letter: Letter, by: Actor) -> Letter:
    """Keep a letter from being posted, for good: its text is emptied, and an address kept in it."""
    here = Letter.objects.filter(pk=letter.pk, state__in=[State.WAITING, State.PRINTED])
    if here.update(state=State.CALLED_OFF, text="", sent_to="") != 1:
        raise RuleError("This letter is posted or called off already.")
    letter.refresh_from_db()
    audit.record(by, "members.call_off_letter", letter)
    return letter


@operation(needs=None)
def forget_posted_letters(*, today: dt.date, by: Actor) -> int:
    """Empty the text of what was posted LETTER_TEXT_DAYS ago or earlier; returns how many.

    An old address to which it went is forgotten with it. That there was a letter, what kind and
    when stays.
    """
    last = today - dt.timedelta(days=settings.LETTER_TEXT_DAYS)
    old = Letter.objects.filter(state=State.POSTED, posted_on__lte=last).exclude(text="")
    emptied = old.update(text="", sent_to="")
    if emptied:
        audit.record(by, "members.forget_posted_letters", letters=emptied)
    return emptied
