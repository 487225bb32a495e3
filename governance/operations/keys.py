"""The keys of the ballot boxes, sealed to pairs of tellers. Helpers of the operations beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from nacl.public import PrivateKey

from core.errors import RuleError
from governance import rules, sealing
from governance.models import Election, KeyBox, Meeting, Teller
from governance.operations.record import Kind, note_event

NOT_OPENED = (Election.State.DRAFT, Election.State.ROLLED, Election.State.CALLED_OFF)


def hold_tellers(meeting: Meeting) -> list[Teller]:
    """The tellers as they are, who stay so until this transaction ends: before any vote is held."""
    return list(meeting.tellers.select_for_update().order_by("pk"))


def votes_to_come(meeting: Meeting) -> list[Election]:
    """The votes of a meeting, held so that none of them opens meanwhile; refused once one has."""
    elections = list(meeting.elections.select_for_update().order_by("pk"))
    refuse_once_opened(elections)
    return elections


def refuse_once_opened(elections: Iterable[Election]) -> None:
    """Keys in use stay: without them what has been cast could never be opened, or recounted."""
    if any(election.state not in NOT_OPENED for election in elections):
        raise RuleError("Voting at this meeting has begun, so its tellers and their keys stay.")


def remake_keys(election: Election) -> None:
    """Give a vote that has not opened a fresh key, sealed to every pair of the tellers.

    Without three passphrases there is no key yet. The private half is never kept as it is.
    """
    tellers = hold_tellers(election.meeting)
    election.boxes.all().delete()
    ready = len(tellers) == rules.TELLERS and all(teller.has_key for teller in tellers)
    secret = PrivateKey.generate() if ready else None
    election.public_key = bytes(secret.public_key) if secret else None
    election.save(update_fields=["public_key"])
    if secret is None:
        return
    KeyBox.objects.bulk_create(
        [
            KeyBox(
                election=election,
                outer=outer,
                inner=inner,
                box=sealing.seal_to_pair(secret, outer.lock, inner.lock),
            )
            for outer, inner in combinations(tellers, 2)
        ]
    )
    note_event(election, Kind.KEY_MADE, public_key=election.lock.hex(), tellers=len(tellers))


def teller_key(teller: Teller, passphrase: str, field: str) -> PrivateKey:
    """The teller's private key, if the passphrase is the one they set."""
    if not teller.has_key:
        raise RuleError(f"{_called(teller)} has not set a passphrase yet.", field=field)
    strength = sealing.Strength(passes=teller.passes or 0, memory=teller.memory or 0)
    key = sealing.key_from(passphrase, bytes(teller.salt or b""), strength)
    if bytes(key.public_key) != teller.lock:
        raise RuleError(f"That is not the passphrase that {_called(teller)} set.", field=field)
    return key


def _called(teller: Teller) -> str:
    return teller.user.get_full_name()


def keys_of_pair(
    first: Teller, first_passphrase: str, second: Teller, second_passphrase: str
) -> dict[int, PrivateKey]:
    """Teller id → private key, for two different tellers of one meeting."""
    if first.pk == second.pk or first.meeting_id != second.meeting_id:
        raise RuleError("It takes two different tellers of this meeting.", field="second")
    return {
        first.pk: teller_key(first, first_passphrase, "first_passphrase"),
        second.pk: teller_key(second, second_passphrase, "second_passphrase"),
    }


def refuse_other_keys(tellers: Iterable[Teller], keys: Mapping[int, PrivateKey]) -> None:
    """A passphrase may have been set again while the key of the one before was worked out."""
    known = {teller.pk: teller.lock for teller in tellers}
    if any(known.get(pk) != bytes(key.public_key) for pk, key in keys.items()):
        raise RuleError("A passphrase has just been set again, or others are tellers. Try again.")


def open_box(box: KeyBox, keys: Mapping[int, PrivateKey]) -> PrivateKey:
    """The election's private key, by the two tellers of this box."""
    try:
        return sealing.open_with_pair(bytes(box.box), keys[box.outer_id], keys[box.inner_id])
    except sealing.CannotOpenError as error:
        raise RuleError(
            "The key to the ballot box has been changed since the tellers sealed it. "
            "Do not go on; ask an independent scrutineer."
        ) from error
