"""Accessible-information needs, and how somebody wants to be reached."""

from __future__ import annotations

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


def needs_refusal(
    needs: Needs, *, email: bool, phone: bool, address: bool
) -> tuple[str, str] | None:
    """Which field cannot be so, and why; None when all is well.

    `email`, `phone`, `address`: which of them we know. Notices that the law asks for must reach
    everybody: whoever wants nothing by post needs an e-mail address that we may use.
    """
    has = {"email": email, "phone": phone, "text": phone, "post": address}
    if needs.prefers and needs.prefers in needs.not_by:
        field = "email_purposes" if needs.prefers == "email" else "not_by"
        return field, "The way to use first cannot be one of those not to use."
    if needs.prefers and not has[needs.prefers]:
        return "prefers", _MISSING[needs.prefers]
    if "post" in needs.not_by and ("email" in needs.not_by or not email):
        return (
            "not_by",
            "By law notices of meetings must reach every member: leave either post or e-mail.",
        )
    if "post" in needs.not_by and needs.email_purposes == MEETINGS_BY_EMAIL:
        return (
            "email_purposes",
            "Everything else comes by post then: leave post, or let us e-mail all that we write.",
        )
    return None
