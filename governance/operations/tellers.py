"""The tellers: naming them, their passphrases, the rehearsal, and opening the ballot box."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from nacl.public import PrivateKey

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError
from core.models import User
from core.operations import create_user
from core.registry import operation
from governance import rules, sealing
from governance.counting_room import Papers, result_of
from governance.models import (
    ArchivedBallot,
    Election,
    KeyBox,
    Meeting,
    Nomination,
    Result,
    Teller,
    roll_of,
)
from governance.operations.batches import forget_papers, keyed_papers
from governance.operations.keys import (
    NOT_OPENED,
    hold_tellers,
    keys_of_pair,
    open_box,
    refuse_once_opened,
    refuse_other_keys,
    remake_keys,
    votes_to_come,
)
from governance.operations.record import Kind, note_event

State = Election.State


@operation(needs="governance.run_election")
def name_tellers(*, meeting: Meeting, people: Sequence[tuple[str, str]], by: Actor) -> list[Teller]:
    """Ask three people, by name and e-mail address, to be the tellers of a meeting's secret votes.

    Whoever cannot sign in yet is given a way to. Who stands does not count the votes. Others can
    be named until the first vote opens; the keys are then made anew.
    """
    # Two who name tellers at once do so one after the other; then those who set a passphrase wait.
    Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    hold_tellers(meeting)
    to_come = votes_to_come(meeting)
    if len(people) != rules.TELLERS or len({email.lower() for _, email in people}) != len(people):
        raise RuleError(f"Name {rules.TELLERS} different people.")
    users = [create_user(email=email.strip(), name=name.strip(), by=by) for name, email in people]
    _refuse_candidates(meeting, users)
    KeyBox.objects.filter(election__in=to_come).delete()
    meeting.tellers.exclude(user__in=users).delete()
    there = set(meeting.tellers.values_list("user_id", flat=True))
    Teller.objects.bulk_create(
        [Teller(meeting=meeting, user=u) for u in users if u.pk not in there]
    )
    for election in to_come:
        remake_keys(election)
    for teller in meeting.tellers.exclude(user__in=there).select_related("user"):
        _ask(teller)
    audit.record(by, "governance.name_tellers", meeting, users=[user.pk for user in users])
    return list(meeting.tellers.order_by("pk"))


def _refuse_candidates(meeting: Meeting, users: list[User]) -> None:
    on_paper = Q(candidates__member__person__user__in=users)
    agreed = Q(
        nominations__member__person__user__in=users,
        nominations__state=Nomination.State.OPEN,
        nominations__consented_at__isnull=False,
    )
    if meeting.elections.filter(on_paper | agreed).exists():
        raise RuleError("Somebody who stands in an election of this meeting cannot be a teller.")


def _ask(teller: Teller) -> None:
    mail.queue(
        key=f"governance.teller:{teller.pk}",
        kind="governance.teller",
        to=teller.user.email,
        subject="You are asked to be a teller",
        template="governance/mail/teller.txt",
        context={"meeting": teller.meeting, "name": teller.user.get_full_name()},
    )


def set_passphrase(*, teller: Teller, passphrase: str, by: Actor) -> Teller:
    """A teller, alone, sets the passphrase that their key is worked out from; it is kept nowhere.

    It may be set again until the first vote opens: all keys are then made anew, and rehearsed anew.
    To work out a key takes a while by intent, so it is done before anything is locked.
    """
    _refuse_others(teller, by)
    if len(passphrase.strip()) < rules.SHORTEST_PASSPHRASE:
        raise RuleError(
            f"Use at least {rules.SHORTEST_PASSPHRASE} characters: four or five words that have "
            "nothing to do with each other are good.",
            field="passphrase",
        )
    if len(set(passphrase.casefold())) < rules.FEWEST_CHARACTERS:
        raise RuleError("That is too easy to guess: use different words.", field="passphrase")
    refuse_once_opened(teller.meeting.elections.all())
    strength = sealing.Strength(*settings.TELLER_KEY_COST)
    salt = sealing.new_salt()
    key = sealing.key_from(passphrase, salt, strength)
    return keep_key(
        teller=teller, salt=salt, strength=strength, public_key=bytes(key.public_key), by=by
    )


@operation(needs=None)
def keep_key(
    *, teller: Teller, salt: bytes, strength: sealing.Strength, public_key: bytes, by: Actor
) -> Teller:
    """Keep the public half of a teller's own key, and how the other half is worked out."""
    _refuse_others(teller, by)
    if teller not in hold_tellers(teller.meeting):
        raise RuleError("Others have been named as tellers of this meeting.")
    to_come = votes_to_come(teller.meeting)
    teller.salt, teller.public_key = salt, public_key
    teller.passes, teller.memory = strength.passes, strength.memory
    teller.save()
    for election in to_come:
        remake_keys(election)
    audit.record(by, "governance.set_passphrase", teller, meeting=teller.meeting_id)
    return teller


def _refuse_others(teller: Teller, by: Actor) -> None:
    if by.user is None or not teller.is_user(by.user):
        raise PermissionDenied("not this teller")


def _refuse_bystanders(first: Teller, second: Teller, by: Actor) -> None:
    """One of the two tellers must be the one who is signed in."""
    if by.user is None or by.user.pk not in (first.user_id, second.user_id):
        raise PermissionDenied("not one of these tellers")


def rehearse(
    *,
    first: Teller,
    first_passphrase: str,
    second: Teller,
    second_passphrase: str,
    by: Actor,
) -> int:
    """Two tellers try their passphrases on the boxes of every vote that has not opened.

    The real key is opened, and a trial paper sealed and read with it; returns how many votes it
    was done for. Every pair must have done so before voting opens.
    """
    _refuse_bystanders(first, second, by)
    keys = keys_of_pair(first, first_passphrase, second, second_passphrase)
    return try_keys(meeting=first.meeting, keys=keys, by=by)


@operation(needs=None)
def try_keys(*, meeting: Meeting, keys: Mapping[int, PrivateKey], by: Actor) -> int:
    """Try the keys of two tellers, teller id → key. Only the boxes that they opened count as
    rehearsed.
    """
    refuse_other_keys(hold_tellers(meeting), keys)
    to_come = meeting.elections.filter(state__in=NOT_OPENED).select_for_update().order_by("pk")
    tried = []
    for box in KeyBox.objects.filter(
        election__in=list(to_come), outer_id=min(keys), inner_id=max(keys)
    ).select_related("election"):
        _try_paper(box.election, open_box(box, keys))
        note_event(box.election, Kind.REHEARSED, tellers=_numbers(meeting, keys))
        tried.append(box.pk)
    if not tried:
        raise RuleError(
            "There is nothing to rehearse: it takes a vote that has not opened, and the "
            "passphrases of all three tellers."
        )
    KeyBox.objects.filter(pk__in=tried).update(rehearsed=True)
    audit.record(by, "governance.rehearse", meeting, tellers=sorted(keys), votes=len(tried))
    return len(tried)


def _numbers(meeting: Meeting, keys: Iterable[int]) -> list[int]:
    """Which of the three: 1, 2 or 3, in the order in which they were named."""
    order = list(meeting.tellers.order_by("pk").values_list("pk", flat=True))
    return sorted(order.index(pk) + 1 for pk in keys)


def _try_paper(election: Election, secret: PrivateKey) -> None:
    """Seal a trial paper to the vote's public key and read it again."""
    trial = sealing.seal_paper([1], size=1, public_key=election.lock)
    try:
        read = sealing.open_paper(trial, size=1, key=secret)
    except sealing.CannotOpenError:
        read = ()
    if read != (1,):
        raise RuleError("The key does not fit this vote. Set the passphrases again.")


def unseal(
    *,
    election: Election,
    first: Teller,
    first_passphrase: str,
    second: Teller,
    second_passphrase: str,
    now: dt.datetime,
    by: Actor,
) -> Result:
    """Two tellers open the box of a closed vote; it is counted at once, with the papers keyed in.

    A single paper that cannot be opened, or says what no paper can say, stops the count: nothing
    is counted then, and nothing lost. So do voting papers that are not all keyed alike. Neither
    the key nor what single papers said is kept, be they sealed or keyed in, but for the sorted list
    of papers on a roll large enough to publish them.
    """
    _refuse_bystanders(first, second, by)
    if first.meeting_id != election.meeting_id:
        raise PermissionDenied("not a teller of this meeting")
    keys = keys_of_pair(first, first_passphrase, second, second_passphrase)
    return count_papers(election=election, keys=keys, now=now, by=by)


@operation(needs=None)
def count_papers(
    *, election: Election, keys: Mapping[int, PrivateKey], now: dt.datetime, by: Actor
) -> Result:
    """Open the box with the keys of two tellers, teller id → key, and count what is in it."""
    moved = Election.objects.filter(pk=election.pk, state=State.CLOSED).update(state=State.COUNTED)
    election.refresh_from_db()
    if moved != 1:
        raise RuleError(
            f"This vote is {election.get_state_display().lower()}: "
            "the box is opened once voting has closed."
        )
    box = election.boxes.get(outer_id=min(keys), inner_id=max(keys))
    papers, (keyed, spoilt) = _read(election, open_box(box, keys)), keyed_papers(election)
    roll = roll_of(election)
    result = result_of(
        election, papers + keyed, entitled=roll.count(), voted=roll.voted().count(), at=now
    )
    result.ballots, result.on_paper, result.spoilt = papers.total(), keyed.total() + spoilt, spoilt
    result.save()
    forget_papers(election)
    note_event(
        election,
        Kind.UNSEALED,
        at=now,
        tellers=_numbers(election.meeting, keys),
        ballots=result.ballots,
        on_paper=result.on_paper,
    )
    audit.record(
        by,
        "governance.unseal",
        election,
        tellers=sorted(keys),
        voted=result.voted,
        ballots=result.ballots,
        on_paper=result.on_paper,
    )
    return result


def _read(election: Election, secret: PrivateKey) -> Papers:
    """All papers of the box: (constituency, choices) → how many say so."""
    options = election.options()
    size = election.paper_size
    papers: Papers = Counter()
    for ballot in ArchivedBallot.objects.filter(election=election).iterator():
        try:
            choices = sealing.open_paper(bytes(ballot.ciphertext), size=size, key=secret)
        except sealing.CannotOpenError:
            raise _tampered() from None
        if election.fault_of(choices, options):
            raise _tampered()
        papers[ballot.constituency, choices] += 1
    return papers


def _tampered() -> RuleError:
    return RuleError(
        "A paper in the box cannot be read: somebody has changed the database. Nothing has been "
        "counted. Ask an independent scrutineer."
    )
