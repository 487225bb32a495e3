"""Which payment settles what: proposals for the treasurer, each with its reason in a sentence.

In order of trust: our reference in the text with the exact amount (one receipt may name several
things); our reference with another amount; the exact amount from a payer known from earlier
matches; the amount alone, which is a hint and settles nothing; else by hand.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import nsmallest

from ledger.statements.references import find_references, without_references
from ledger.statements.statement import Line
from ledger.statements.values import in_pounds, in_words

#: How many hints a line shows.
HINTS = 5
#: How many different sums of the things that a receipt names are looked at.
MOST_SUMS = 10_000

#: Words that banks put round a payer's name.
_BANK_WORDS = frozenset(
    """
    BACS BBP BGC BILL BP CHAPS CHQ CR CREDIT DD DIRECT DPC FASTER FP FPI FPO FROM GIRO IB INWARD
    MOBILE ONLINE ORDER PAYMENT PAYMENTS PYMT RECEIVED REF REFERENCE SO STANDING STO TFR TRANSFER
    VIA
    """.split()  # noqa: SIM905 (a list of words is easier to read and to add to)
)


class Trust(StrEnum):
    """How far a proposal can be trusted; the most first."""

    REFERENCE = "reference"
    PART = "part"
    PAYER = "payer"
    AMOUNT = "amount"
    HAND = "hand"


@dataclass(frozen=True)
class Expected:
    """Something awaited: money in above zero (an order, an invoice, a payout), out below zero
    (a refund, a withdrawal). `key` and `party` are the caller's own, never names."""

    key: str
    reference: str
    amount_pence: int
    party: str = ""
    kind: str = ""
    due: dt.date | None = None

    @property
    def order(self) -> tuple[dt.date, str]:
        """The oldest debt is paid first; what has no day comes last."""
        return self.due or dt.date.max, self.key


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one line. `keys` are what it settles, `hints` only what it might.

    `difference_pence` is the line less what `keys` ask; below zero when less was paid. `party` is
    who the payer is known as, if at all. A line by hand or with hints alone has no `keys`.
    """

    line: Line
    trust: Trust
    why: str
    keys: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    difference_pence: int = 0
    party: str = ""

    @property
    def is_certain(self) -> bool:
        """Named by our own reference and exact to the penny."""
        return self.trust is Trust.REFERENCE


def payer_text(description: str) -> str:
    """What a bank's text says of the payer: no references, numbers or the bank's own words.

    The key of `history`; empty when nothing is left to know a payer by.
    """
    words = re.findall(r"[^\W_]+", without_references(description))
    return " ".join(
        word for word in words if word not in _BANK_WORDS and not any(c.isdigit() for c in word)
    )


def propose(
    lines: Sequence[Line], expected: Iterable[Expected], history: Mapping[str, str]
) -> list[Proposal]:
    """One proposal for each line, in order. No two of them have a key in common.

    `history` is payer_text → party, from matches that a person confirmed. Lines earlier in the
    list choose first, but a more trusted reason always before a less trusted one.
    """
    desk = _Desk(expected, history)
    proposals: dict[int, Proposal] = {}
    steps: list[Callable[[_Case], Proposal | None]] = [
        desk.exact_reference,
        desk.several_references,
        desk.other_amount,
        desk.known_payer,
    ]
    cases = [desk.case(line, _text(line)) for line in lines]
    for step in steps:
        for index, case in enumerate(cases):
            if index not in proposals and (proposal := step(case)):
                proposals[index] = proposal
                desk.take(proposal)
    return [proposals.get(index) or desk.by_hand(case) for index, case in enumerate(cases)]


def propose_from_advice(
    line: Line, advice: str, expected: Iterable[Expected], history: Mapping[str, str]
) -> Proposal:
    """The same for one receipt and its remittance advice: a council's list of what it has paid,
    whose references count as if they stood in the bank's text."""
    desk = _Desk(expected, history)
    case = desk.case(line, f"{_text(line)}\n{advice}")
    proposal = desk.exact_reference(case) or desk.several_references(case)
    return proposal or desk.other_amount(case) or desk.known_payer(case) or desk.by_hand(case)


def _text(line: Line) -> str:
    return f"{line.description} {line.reference}"


@dataclass(frozen=True)
class _Case:
    """A line with what its text tells: `found` are the references, `party` the known payer."""

    line: Line
    found: tuple[str, ...]
    party: str


class _Desk:
    """What is awaited and not yet taken by a line, with the steps of trust as methods."""

    def __init__(self, expected: Iterable[Expected], history: Mapping[str, str]) -> None:
        awaited = sorted(
            (item for item in expected if item.amount_pence), key=lambda item: item.order
        )
        self.awaited = {item.key: item for item in awaited}
        if len(self.awaited) != len(awaited):
            raise ValueError("Two things awaited have the same key.")
        self.history = history
        self.taken: dict[str, Line] = {}
        self.by_reference: dict[str, list[Expected]] = {}
        self.by_party: dict[str, list[Expected]] = {}
        self.by_amount: dict[int, list[Expected]] = {}
        for item in awaited:
            self.by_reference.setdefault(item.reference, []).append(item)
            self.by_party.setdefault(item.party, []).append(item)
            self.by_amount.setdefault(item.amount_pence, []).append(item)

    def case(self, line: Line, text: str) -> _Case:
        payer = payer_text(line.description)
        party = self.history.get(payer, "") if payer else ""
        return _Case(line, tuple(find_references(text)), party)

    def take(self, proposal: Proposal) -> None:
        for key in proposal.keys:
            self.taken[key] = proposal.line

    def open(self, items: Iterable[Expected]) -> list[Expected]:
        return [item for item in items if item.key not in self.taken]

    def named(self, case: _Case) -> list[Expected]:
        """What the line's references name, taken or not."""
        return [item for found in case.found for item in self.by_reference.get(found, ())]

    def open_and_named(self, case: _Case) -> list[Expected]:
        way = case.line.amount_pence > 0
        return [item for item in self.open(self.named(case)) if (item.amount_pence > 0) is way]

    def exact_reference(self, case: _Case) -> Proposal | None:
        named = self.open_and_named(case)
        fits = [item for item in named if item.amount_pence == case.line.amount_pence]
        if not fits or len(_names(named)) > 1:
            return None
        why = f"The reference {fits[0].reference} is in the text and the amount is exact."
        return self.settles(case, Trust.REFERENCE, fits[:1], why)

    def several_references(self, case: _Case) -> Proposal | None:
        """All that is named, or as much of it as adds up when that is so in one way only."""
        named = sorted(self.open_and_named(case), key=lambda item: item.order)
        choices = _adding_up(named, case.line.amount_pence) if len(named) > 1 else []
        if len(choices) != 1:
            return None
        chosen = choices[0]
        why = f"{_references(chosen)} in the text and the amounts add up exactly."
        covered = {item.reference for item in chosen}
        if left := [found for found in _names(named) if found not in covered]:
            why += f" Not covered: {_list(left)}."
        return self.settles(case, Trust.REFERENCE, chosen, why)

    def other_amount(self, case: _Case) -> Proposal | None:
        named = self.open_and_named(case)
        if not named or len(_names(self.named(case))) > 1:
            return None
        why = f"The reference {named[0].reference} is in the text, but the amount is "
        why += f"{_gap(case.line.amount_pence, named[0].amount_pence)}."
        return self.settles(case, Trust.PART, named[:1], why)

    def known_payer(self, case: _Case) -> Proposal | None:
        if not case.party or self.named(case):
            return None
        amount = case.line.amount_pence
        open_now = self.open(self.by_party.get(case.party, ()))
        fits = [item for item in open_now if item.amount_pence == amount]
        if not fits:
            return None
        why = "The amount is exact and the payer is known from earlier matches."
        if len(fits) > 1:
            why += f" It is the oldest of {len(fits)} of this amount."
        return self.settles(case, Trust.PAYER, fits[:1], why)

    def settles(self, case: _Case, trust: Trust, items: Sequence[Expected], why: str) -> Proposal:
        asked = sum(item.amount_pence for item in items)
        return Proposal(
            line=case.line,
            trust=trust,
            why=why,
            keys=tuple(item.key for item in items),
            difference_pence=case.line.amount_pence - asked,
            party=case.party,
        )

    def by_hand(self, case: _Case) -> Proposal:
        """Why nothing is proposed, with what it might be."""
        named = self.named(case)
        if named:
            return self.hints(case, Trust.HAND, named, self.why_not_named(case, named))
        alike = self.open(self.by_amount.get(case.line.amount_pence, ()))
        if alike:
            near = nsmallest(
                HINTS, alike, key=lambda item: (_days_apart(item, case.line), item.order)
            )
            things = "one thing" if len(alike) == 1 else f"{len(alike)} things"
            why = f"Only the amount fits, to {things} awaited."
            return self.hints(case, Trust.AMOUNT, near, why)
        theirs = self.open(self.by_party.get(case.party, ())) if case.party else []
        if len(theirs) > 1 and sum(i.amount_pence for i in theirs) == case.line.amount_pence:
            why = f"The payer is known, and all {len(theirs)} things they owe add up to this."
            return self.hints(case, Trust.AMOUNT, theirs, why, most=len(theirs))
        if theirs:
            why = "The payer is known, but nothing awaited from them is for this amount."
        elif case.found:
            why = f"{_list(case.found)} {'is' if len(case.found) == 1 else 'are'} in the text, "
            why += "but nothing is awaited there. It may be paid already."
        else:
            why = "Nothing that is awaited fits."
        return self.hints(case, Trust.HAND, theirs, why)

    def why_not_named(self, case: _Case, named: Sequence[Expected]) -> str:
        text = f"{_references(named)} in the text, but"
        if taken := [item for item in named if item.key in self.taken]:
            other = in_words(self.taken[taken[0].key].date)
            return f"{text} the payment of {other} is proposed for {_list(_names(taken))} already."
        if not (fitting := self.open_and_named(case)):
            way = "in" if case.line.amount_pence > 0 else "out"
            return f"{text} money went {way} and is awaited the other way. It may be a return."
        if _adding_up(fitting, case.line.amount_pence):
            return f"{text} the amount fits more than one choice of them."
        asked = sum(item.amount_pence for item in fitting)
        return f"{text} the amount is {_gap(case.line.amount_pence, asked)} for all of them."

    def hints(
        self, case: _Case, trust: Trust, items: Iterable[Expected], why: str, most: int = HINTS
    ) -> Proposal:
        keys = tuple(item.key for item in self.open(items))[:most]
        return Proposal(case.line, trust, why, hints=keys, party=case.party)


def _adding_up(items: Sequence[Expected], amount: int) -> list[list[Expected]]:
    """The choice of the items that makes the amount; two if there are more; none if there is none,
    or if there are more sums than MOST_SUMS, so that nobody can be sure.

    Items with the same reference and amount stand for one another; the newest are left out first.
    All amounts go the same way.
    """
    excess = sum(item.amount_pence for item in items) - amount
    alike: dict[tuple[str, int], list[Expected]] = {}
    for item in sorted(items, key=lambda item: item.order, reverse=True):
        alike.setdefault((item.reference, item.amount_pence), []).append(item)
    left_out: dict[int, list[tuple[str, ...]]] = {0: [()]}
    for (_reference, pence), group in alike.items():
        longer: dict[int, list[tuple[str, ...]]] = {}
        for total, ways in left_out.items():
            for size in range(len(group) + 1):
                if abs(total + size * pence) > abs(excess):
                    break
                found = longer.setdefault(total + size * pence, [])
                found += [way + tuple(item.key for item in group[:size]) for way in ways]
                del found[2:]
        left_out = longer
        if len(left_out) > MOST_SUMS:
            return []
    return [[item for item in items if item.key not in way] for way in left_out.get(excess, ())]


def _days_apart(item: Expected, line: Line) -> int:
    return abs((item.due - line.date).days) if item.due else dt.timedelta.max.days


def _gap(paid: int, asked: int) -> str:
    """£11.50 less than asked."""
    gap = abs(paid) - abs(asked)
    return f"{in_pounds(abs(gap))} {'less' if gap < 0 else 'more'} than asked"


def _references(items: Sequence[Expected]) -> str:
    names = _names(items)
    if len(names) == 1:
        return f"The reference {names[0]} is"
    return f"The references {_list(names)} are"


def _names(items: Iterable[Expected]) -> list[str]:
    return list(dict.fromkeys(item.reference for item in items))


def _list(names: Sequence[str]) -> str:
    """A, B and C; past five, how many more."""
    if len(names) > 5:
        return f"{', '.join(names[:5])} and {len(names) - 5} more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
