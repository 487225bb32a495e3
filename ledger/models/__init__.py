from ledger.models.journal import Account, Journal, Party, Posting
from ledger.models.payment import Mandate, Order, Payment, PayOut, Refund, TreasurerTask
from ledger.models.statement import (
    BankAccount,
    BankLine,
    BankMatch,
    KnownPayer,
    StatementImport,
)
from ledger.models.stripe import Dispute, StripeCustomer, StripeEvent, StripePayout

__all__ = [
    "Account",
    "BankAccount",
    "BankLine",
    "BankMatch",
    "Dispute",
    "Journal",
    "KnownPayer",
    "Mandate",
    "Order",
    "Party",
    "PayOut",
    "Payment",
    "Posting",
    "Refund",
    "StatementImport",
    "StripeCustomer",
    "StripeEvent",
    "StripePayout",
    "TreasurerTask",
]
