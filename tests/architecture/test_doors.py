"""Every address × every kind of person × every state of the row: default deny."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from core.doors import CAST, Door
from core.models import User
from core.permissions import Role
from members.models import Person

OURS = ("config", "cms", "rota", "services", "governance", "members", "ledger", "core")


def our_urls() -> Iterator[str]:
    """Names ("app:name") of every address whose view is our own."""

    def walk(patterns: list[Any], namespace: str) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner)
            elif isinstance(pattern, URLPattern) and pattern.callback.__module__.startswith(OURS):
                yield f"{namespace}{pattern.name}"

    yield from sorted(set(walk(get_resolver().url_patterns, "")))


def doors() -> dict[str, Door]:
    """Every app's DOORS, by full name."""
    table: dict[str, Door] = {}
    for app in OURS:
        declared: dict[str, Door] = importlib.import_module(f"{app}.urls").DOORS
        prefix = "" if app == "config" else f"{app}:"
        table |= {f"{prefix}{name}": door for name, door in declared.items()}
    return table


#: The family name of everybody in the cast: it must never stand where names do not belong.
CANARY = "Quillfeather"

DOORS = doors()


def test_every_address_has_a_door_and_every_door_an_address() -> None:
    assert set(our_urls()) == set(DOORS)


def test_doors_name_people_of_the_cast() -> None:
    for name, door in DOORS.items():
        named = door.opens_for.union(*(people for _state, people in door.only_in))
        assert named <= set(CAST), name


@pytest.fixture
def cast(make_user: Callable[..., User]) -> dict[str, Any]:
    """One of each kind of person, each with a members.Person where they are one."""
    roles = {
        "member": Role.MEMBER,
        "carer": Role.CARER,
        "their_carer": Role.CARER,
        "coordinator": Role.COORDINATOR,
        "secretary": Role.SECRETARY,
        "treasurer": Role.TREASURER,
        "board": Role.BOARD,
        "editor": Role.EDITOR,
        "council": Role.COUNCIL,
        "administrator": Role.ADMINISTRATOR,
    }
    cast: dict[str, Any] = {"visitor": None}
    for name in CAST[1:]:
        cast[name] = make_user(
            f"{name.replace('_', ' ')} {CANARY}", *([roles[name]] if name in roles else [])
        )
    cast["people"] = {
        name: Person.objects.create(
            first_name=name.capitalize(),
            last_name=CANARY,
            email=f"{name}.{CANARY}@example.org".lower(),
            postcode="QX7 2AB",
            user=cast[name],
        )
        for name in ("subject", "family", "carer", "their_carer", "member")
    }
    for app in OURS:
        prepare = getattr(_samples(app), "prepare", None)
        if prepare:
            prepare(cast)
    return cast


def _samples(app: str) -> Any:
    try:
        return importlib.import_module(f"tests.samples.{app}")
    except ModuleNotFoundError:
        return None


def _opened(response: HttpResponseBase) -> bool:
    """Let in, whatever the page then says; being sent to sign in is not being let in."""
    if response.status_code == 302:
        return not response["Location"].startswith(("/accounts/login/", "/accounts/2fa/"))
    return response.status_code not in (401, 403, 404)


def _names_outside_the_page(response: HttpResponseBase) -> list[str]:
    """Names in the title, in addresses, in headers: there they reach history, logs and proxies."""
    places = [*response.headers.values()]
    if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        html = response.content.decode()
        places += re.findall(r"<title>.*?</title>", html, flags=re.DOTALL)
        places += [
            value
            for value in re.findall(r"""(?:href|action|src)=["']([^"']*)""", html)
            if not value.startswith(("mailto:", "tel:"))
        ]
    return [place for place in places if CANARY.lower() in place.lower()]


def _sign_in(cast: dict[str, Any]) -> dict[str, Client]:
    """A browser for each person, past the second step."""
    clients = {}
    for person in CAST:
        clients[person] = Client()
        if cast[person]:
            Authenticator.objects.get_or_create(
                user=cast[person], type="totp", defaults={"data": {}}
            )
            clients[person].force_login(cast[person])
    return clients


def _faults(name: str, state: str, cast: dict[str, Any], clients: dict[str, Client]) -> list[str]:
    """What is wrong with one address in one state; everything it did is rolled back."""
    door = DOORS[name]
    app = name.partition(":")[0] if ":" in name else "config"
    kwargs = getattr(_samples(app), door.row)(state, cast) if door.row else {}
    url = reverse(name, kwargs=kwargs)
    faults = []
    for person in CAST:
        with transaction.atomic():
            response = clients[person].post(url) if door.post else clients[person].get(url)
            transaction.set_rollback(True)
        if _opened(response) != (person in door.opens_in(state)):
            faults.append(f"{name} {state} for {person}: {response.status_code}")
        if _opened(response):
            faults += [f"{name} {state}: {place}" for place in _names_outside_the_page(response)]
    return faults


@pytest.mark.django_db
@pytest.mark.parametrize("app", OURS)
def test_an_address_opens_for_those_named_and_for_nobody_else(
    app: str, cast: dict[str, Any]
) -> None:
    clients = _sign_in(cast)
    faults = []
    for name, door in DOORS.items():
        if name.partition(":")[0] == app or (app == "config" and ":" not in name):
            for state in door.states or ("",):
                with transaction.atomic():
                    faults += _faults(name, state, cast, clients)
                    transaction.set_rollback(True)
    assert faults == []
