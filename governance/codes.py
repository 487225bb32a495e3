"""Codes with which members vote without signing in: one for each member and each vote.

Only a keyed hash is kept. Whoever has a copy of the database but not the key of this installation
can neither read a code from it nor try codes against it.
"""

from __future__ import annotations

import secrets

from django.utils.crypto import salted_hmac

from governance.sealing import ALPHABET, as_meant

_LETTERS = 12  # of 5 bits each
SALT = "governance.codes"


def new_code() -> str:
    """A code that a person can read out or type: "7KQ2-M0XD-93TA", 60 random bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_LETTERS))
    return "-".join(letters[start : start + 4] for start in range(0, _LETTERS, 4))


def code_hash(code: str) -> str:
    """The keyed hash of a code as it was meant; empty for what can be no code."""
    plain = as_meant(code)
    if len(plain) != _LETTERS:
        return ""
    return salted_hmac(SALT, plain, algorithm="sha256").hexdigest()
