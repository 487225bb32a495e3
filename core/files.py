"""Private files: what may be kept, and who may open what."""

from __future__ import annotations

from collections.abc import Callable

from core.models import PrivateFile, User

MAX_BYTES = 10 * 1024 * 1024

_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}

#: owner kind → may this user open this file? Each app registers its own in `apps.ready`.
READERS: dict[str, Callable[[User, PrivateFile], bool]] = {}


def kind_of(content: bytes) -> str | None:
    """The content type that the first bytes show, or None when it is not one we keep."""
    for signature, content_type in _SIGNATURES.items():
        if content.startswith(signature):
            return content_type
    return None


def may_open(user: User, file: PrivateFile) -> bool:
    """Nobody, unless the app that owns the file says yes."""
    reader = READERS.get(file.owner_kind)
    return reader is not None and reader(user, file)
