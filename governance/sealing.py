"""Sealing papers and keys: X25519 sealed boxes and Argon2id, by libsodium. Pure: no rows, no clock.

A paper is sealed to the election's public key. The election's private key is sealed to one teller
and then to another, once for each pair; a teller's key pair is worked out from their passphrase.
Nothing here protects against a server that has been taken over while people vote: it sees the
papers before they are sealed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

#: Letters and figures that cannot be taken for one another (no I, L, O, U).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECEIPT_LETTERS = 16  # of 5 bits each


class CannotOpenError(Exception):
    """The key does not fit, or what is sealed has been changed."""


@dataclass(frozen=True)
class Strength:
    """What Argon2id costs: passes over `memory` bytes."""

    passes: int
    memory: int


def new_salt() -> bytes:
    return secrets.token_bytes(pwhash.argon2id.SALTBYTES)


def key_from(passphrase: str, salt: bytes, strength: Strength) -> PrivateKey:
    """A teller's private key. Spaces at the ends of the passphrase do not count."""
    seed = pwhash.argon2id.kdf(
        PrivateKey.SEED_SIZE,
        passphrase.strip().encode(),
        salt,
        opslimit=strength.passes,
        memlimit=strength.memory,
    )
    return PrivateKey.from_seed(seed)


def seal_to_pair(secret: PrivateKey, outer: bytes, inner: bytes) -> bytes:
    """The election's private key, sealed to the inner teller's public key, then to the outer's."""
    return SealedBox(PublicKey(outer)).encrypt(SealedBox(PublicKey(inner)).encrypt(bytes(secret)))


def open_with_pair(box: bytes, outer: PrivateKey, inner: PrivateKey) -> PrivateKey:
    """The election's private key again. Raises CannotOpenError."""
    return PrivateKey(_open(_open(box, outer), inner))


def seal_paper(choices: Sequence[int], *, size: int, public_key: bytes) -> bytes:
    """One paper: a byte for each preference, best first, filled up with zeros to `size` bytes.

    The ciphertext is 48 bytes longer, whatever the paper says.
    """
    return SealedBox(PublicKey(public_key)).encrypt(bytes(choices).ljust(size, b"\0"))


def open_paper(ciphertext: bytes, *, size: int, key: PrivateKey) -> tuple[int, ...]:
    """The choices on a paper, best first. Raises CannotOpenError."""
    paper = _open(ciphertext, key)
    choices = paper.rstrip(b"\0")
    if len(paper) != size or 0 in choices:
        raise CannotOpenError
    return tuple(choices)


def _open(sealed: bytes, key: PrivateKey) -> bytes:
    try:
        return SealedBox(key).decrypt(sealed)
    except (CryptoError, ValueError) as error:
        raise CannotOpenError from error


def new_receipt() -> str:
    """A code that a voter can look for later: "7KQ2-M0XD-…", 80 random bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_RECEIPT_LETTERS))
    return "-".join(letters[start : start + 4] for start in range(0, _RECEIPT_LETTERS, 4))


def receipt_hash(code: str) -> str:
    """SHA-256 of a receipt code, as it is kept and published."""
    return hashlib.sha256(as_meant(code).encode()).hexdigest()


def as_meant(code: str) -> str:
    """A typed code as it was meant: small letters, spaces, dashes and look-alikes (O for 0, I or L
    for 1) make no difference.
    """
    plain = "".join(c for c in code.upper() if c.isalnum())
    return plain.replace("O", "0").replace("I", "1").replace("L", "1")
