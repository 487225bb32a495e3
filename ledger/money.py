"""Pounds and pence: what people set and read is Money in GBP, what the journal holds is pence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from djmoney.money import Money

from core.errors import RuleError

GBP = "GBP"
#: The largest amount that anything here takes, in pence: ten figures of pounds.
MOST = 10**12 - 1


def pence_of(money: Money) -> int:
    """£12.34 → 1234. Refuses another currency, a part of a penny, and what is too large."""
    if str(money.currency) != GBP:
        raise RuleError("We only take pounds sterling.", field="amount")
    pence = Decimal(money.amount) * 100
    if pence != pence.to_integral_value():
        raise RuleError(
            "Enter whole pence: no more than two figures after the point.", field="amount"
        )
    if abs(pence) > MOST:
        raise RuleError("That amount is too large.", field="amount")
    return int(pence)


def pounds_of(pence: int) -> Money:
    """1234 → £12.34."""
    return Money(Decimal(pence) / 100, GBP)


def in_words(pence: int) -> str:
    """1234567 → "£12,345.67", for sentences."""
    sign = "−" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02}"


def for_sheet(pence: int) -> str:
    """1234567 → "12345.67": a plain number, as spreadsheets add it up."""
    return f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02}"


def split(pence: int, weights: Sequence[Decimal | int]) -> list[int]:
    """Share an amount out by weight so that the parts always sum to it (largest remainder).

    Whole pence each; pence left over go to the largest remainders, the earlier one first where
    they are equal. £10.00 at 33.33 and 66.67 gives £3.33 and £6.67. A negative amount is split as
    its opposite. Raises ValueError for no weights, a negative one, or weights that sum to nothing.
    """
    exact = [Fraction(weight) for weight in weights]
    total = sum(exact)
    if not exact or min(exact) < 0 or total == 0:
        raise ValueError("Weights must be zero or more, and not all zero.")
    sign, whole = (-1, -pence) if pence < 0 else (1, pence)
    quotas = [whole * weight / total for weight in exact]
    parts = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(exact)), key=lambda i: (parts[i] - quotas[i], i))
    for index in by_remainder[: whole - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]
