"""What an order or a pay-out is for: the apps above say, since the ledger knows no names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from djmoney.money import Money

from core.actors import Actor
from ledger.models import Order, Party, PayOut
from ledger.money import pounds_of


@dataclass(frozen=True)
class Owner:
    """What to call a row of an upper app on the treasurer's screens, and its page."""

    label: str
    url: str = ""


#: owner kind → (ids → owner of each). Each app registers its own in `apps.ready`.
PAGES: dict[str, Callable[[Iterable[int]], Mapping[int, Owner]]] = {}
#: Ask each for the names of parties (ids → owner of each); the first that knows one says it.
PARTIES: list[Callable[[Iterable[int]], Mapping[int, Owner]]] = []

#: Ask for whom a number of the register is in the ledger; none where nobody has that number.
NUMBERS: list[Callable[[int, Actor], Party | None]] = []

#: owner kind → (order → how much of what came for it has become something, such as shares).
USED: dict[str, Callable[[Order], Money]] = {}

#: owner kind → (pay-out, day → why it must not be paid on that day, in a sentence, or nothing).
STOPS: dict[str, Callable[[PayOut, dt.date], str]] = {}


def stop_of(pay_out: PayOut, paid_on: dt.date) -> str:
    """Why the app that a pay-out is for will not have it paid on a day; empty if it may be."""
    ask = STOPS.get(pay_out.owner_kind)
    return ask(pay_out, paid_on) if ask else ""


def used_of(order: Order) -> Money:
    """How much of what came for an order is not ours to pay back; nothing where nobody says so."""
    ask = USED.get(order.owner_kind)
    return ask(order) if ask else pounds_of(0)


def party_numbered(number: int, by: Actor) -> Party | None:
    """Who somebody with a number of the register is in the ledger; none where nobody has it."""
    return next((party for ask in NUMBERS if (party := ask(number, by))), None)


def owners_of(rows: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Owner]:
    """(kind, id) → owner, in one question a kind; a kind that nobody registered is left out."""
    by_kind: dict[str, set[int]] = {}
    for kind, pk in rows:
        by_kind.setdefault(kind, set()).add(pk)
    return {
        (kind, pk): owner
        for kind, ids in by_kind.items()
        if kind in PAGES
        for pk, owner in PAGES[kind](ids).items()
    }


def names_of(parties: Iterable[int]) -> dict[int, Owner]:
    """Id of a party → who it is; one whom nobody knows is "party 12"."""
    wanted = set(parties)
    known: dict[int, Owner] = {}
    for ask in PARTIES:
        known |= {pk: owner for pk, owner in ask(wanted - known.keys()).items()}
    return {pk: known.get(pk, Owner(str(Party(pk=pk)))) for pk in wanted}
