"""Amounts are whole pence, as Stripe's are. The fees are examples of what it charges here."""

from ledger.stripe_sandbox.errors import ApiError

SMALLEST, LARGEST = 30, 99_999_999
BACS_LARGEST = 10_000_000
DISPUTE_FEE = 2000


def said(amount: int) -> str:
    return f"£{amount // 100:,}.{amount % 100:02}"


def fee(method_type: str, amount: int) -> int:
    """Cards 1.5 % and 20p; Direct Debit 1 %, from 20p to £4. Half a penny rounds up."""
    if method_type == "bacs_debit":
        return min(max((amount + 50) // 100, 20), 400)
    return (amount * 15 + 500) // 1000 + 20


def check(amount: int, *, of: str, param: str = "amount") -> None:
    """Stripe takes nothing under 30p, and nothing of nine digits."""
    if amount < SMALLEST:
        raise ApiError(
            f"{of} must be at least {said(SMALLEST)} gbp", code="amount_too_small", param=param
        )
    if amount > LARGEST:
        raise ApiError(
            f"{of} must be no more than {said(LARGEST)} gbp", code="amount_too_large", param=param
        )
