"""What was looked for in the register, kept in the session: a page carries the key, never a name.

Each tab has its own search, so that what it saves is what it shows.
"""

from __future__ import annotations

import secrets

from django.http import HttpRequest

KEY = "register_searches"
#: As many tabs as somebody may have open; the oldest search is forgotten first.
MOST = 8


def keep_search(request: HttpRequest, text: str) -> str:
    """The key under which these words are kept, the same for the same words."""
    kept: dict[str, str] = request.session.get(KEY, {})
    known = next((key for key, words in kept.items() if words == text), None)
    key = known or secrets.token_hex(4)
    kept = {**{other: words for other, words in kept.items() if other != key}, key: text}
    request.session[KEY] = dict(list(kept.items())[-MOST:])
    return key


def kept_search(request: HttpRequest, key: str) -> str | None:
    """The words kept under a key; None if they are no longer here."""
    words: str | None = request.session.get(KEY, {}).get(key)
    return words
