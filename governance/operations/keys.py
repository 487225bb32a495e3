"""The keys of the ballot boxes, sealed to pairs of tellers. Helpers of the operations beside it."""

from __future__ import annotations

from itertools import combinations

from nacl.public import PrivateKey

from core.errors import RuleError
from governance import rules, sealing
from governance.models import Election, KeyBox, Teller
from governance.operations.record import Kind, note_event


def remake_keys(election: Election) -> None:
    """Give a vote that has not opened a fresh key, sealed to every pair of the tellers.

    Without three passphrases there is no key yet. The private half is never kept as it is.
    """
    election.boxes.all().delete()
    tellers = list(election.meeting.tellers.order_by("pk"))
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


def open_box(box: KeyBox, keys: dict[int, PrivateKey]) -> PrivateKey:
    """The election's private key, by the two tellers of this box."""
    try:
        return sealing.open_with_pair(bytes(box.box), keys[box.outer_id], keys[box.inner_id])
    except sealing.CannotOpenError as error:
        raise RuleError(
            "The key to the ballot box has been changed since the tellers sealed it. "
            "Do not go on; ask an independent scrutineer."
        ) from error
