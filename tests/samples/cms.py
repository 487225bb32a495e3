"""Sample rows for the public site's addresses."""

from __future__ import annotations

from typing import Any

from cms import operations
from cms.models import InterestRegistration, LocalGroup
from core.actors import SYSTEM, VISITOR
from tests.cms.conftest import ANSWERS, png, secret_mailed_to


def _group(stage: str = "finding") -> LocalGroup:
    return operations.launch_group(
        name="Upper Harrow", slug="upper-harrow", area="The hill", stage=stage, by=SYSTEM
    )


def local_group(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _group(state).pk}


def group_slug(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"slug": _group(state).slug}


def _registration(state: str) -> tuple[InterestRegistration, str]:
    registration = operations.register_interest(group=_group(), **ANSWERS, by=VISITOR)
    secret = secret_mailed_to(registration.email)
    if state != "unconfirmed":
        operations.confirm_interest(secret=secret, by=VISITOR)
    if state == "withdrawn":
        operations.withdraw_interest(secret=secret, by=VISITOR)
    return registration, secret


def interest_registration(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"pk": _registration(state)[0].pk}


def interest_secret(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    return {"secret": _registration(state)[1]}


def rendition(state: str, cast: dict[str, Any]) -> dict[str, Any]:
    """One size of a public picture."""
    picture = operations.add_picture(
        title="Moor", file_name="moor.png", content=png(), description="A moor.", by=SYSTEM
    )
    return {"path": picture.renditions.first().file.name.removeprefix("images/")}
