"""Accessible-information needs, and how somebody wants to be reached."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

#: What the Act lets a member notify an e-mail address for (2014, section 30).
ALL_BY_EMAIL = "Notices of meetings and other documents"
MEETINGS_BY_EMAIL = "Notices of meetings"


@dataclass(frozen=True)
class Needs:
    """How to write and speak to somebody. Channels by their codes: email, post, phone, text.

    `email_purposes` is what may come by e-mail, unless that is one of the ways not to use.
    """

    format: str = "standard"
    language: str = ""
    signs: bool = False
    interpreter: bool = False
    other_needs: str = ""
    prefers: str = ""
    not_by: tuple[str, ...] = ()
    email_purposes: str = ALL_BY_EMAIL


#: What each channel needs, and what to say where it is missing.
_MISSING = {
    "email": "There is no e-mail address for that.",
    "phone": "There is no phone number for that.",
    "text": "There is no phone number for that.",
    "post": "There is no postal address for that.",
}


def ways_to_reach(*, email: str, phone: str, address: str) -> frozenset[str]:
    """The channels by which somebody can be reached at all: we know their address or number."""
    known = {"email": email, "phone": phone, "text": phone, "post": address}
    return frozenset(channel for channel, at in known.items() if at)


def needs_refusal(needs: Needs, *, was: Needs, ways: Collection[str]) -> tuple[str, str] | None:
    """Which field cannot be so, and why; None when all is well.

    `was`: what was noted till now; `ways`: the channels by which they can be reached. Notices that
    the law asks for must reach everybody: whoever wants nothing by post needs an e-mail address
    that we may use. What was so already, because a number or an address went, refuses no change of
    something else.
    """
    stood = list(_faults(was, ways))
    for field, why in _faults(needs, ways):
        if (field, why) not in stood or getattr(needs, field) != getattr(was, field):
            return field, why
    return None


def _faults(needs: Needs, ways: Collection[str]) -> Iterator[tuple[str, str]]:
    if needs.prefers and needs.prefers in needs.not_by:
        field = "email_purposes" if needs.prefers == "email" else "not_by"
        yield field, "The way to use first cannot be one of those not to use."
    elif needs.prefers and needs.prefers not in ways:
        yield "prefers", _MISSING[needs.prefers]
    if "post" in needs.not_by and ("email" in needs.not_by or "email" not in ways):
        yield (
            "not_by",
            "By law notices of meetings must reach every member: leave either post or e-mail.",
        )
    if "post" in needs.not_by and needs.email_purposes == MEETINGS_BY_EMAIL:
        yield (
            "email_purposes",
            "Everything else comes by post then: leave post, or let us e-mail all that we write.",
        )
