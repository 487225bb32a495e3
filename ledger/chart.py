"""The chart of accounts that every co-operative starts with: codes, names and kinds.

An account is named by its code everywhere. Asset and expense accounts grow by debits (positive
pence), the others by credits (negative pence).
"""

from __future__ import annotations

BANK = "bank"
CASH = "cash"
STRIPE = "stripe"
RECEIVABLE = "receivable"
SHARES_UNPAID = "shares-unpaid"
PAYROLL = "payroll"
APPLICATIONS = "applications"
WITHDRAWALS = "withdrawals"
INTEREST_PAYABLE = "interest-payable"
LOANS = "loans"
VAT = "vat"
SUSPENSE = "suspense"
SHARE_CAPITAL = "share-capital"
RESERVES = "reserves"
OPENING = "opening"
DUES = "dues"
DONATIONS = "donations"
CARE_PRIVATE = "care-private"
CARE_COUNCIL = "care-council"
CARE_NHS = "care-nhs"
OTHER_INCOME = "other-income"
STRIPE_FEES = "stripe-fees"
SHARE_INTEREST = "share-interest"
OTHER_COSTS = "other-costs"

#: Accounts that say what stands between us and one person: nothing is posted there without them.
BY_PERSON = frozenset(
    {APPLICATIONS, RECEIVABLE, SHARES_UNPAID, WITHDRAWALS, INTEREST_PAYABLE, LOANS}
)

#: Shares, dues and donations are no supply that VAT looks at. The capital of every class of shares
#: has an account whose code begins like the first.
OUTSIDE_VAT = (SHARE_CAPITAL, APPLICATIONS, SHARES_UNPAID, WITHDRAWALS, DUES, DONATIONS)

#: code, name, kind, in the order in which reports list them.
CHART: tuple[tuple[str, str, str], ...] = (
    (BANK, "Bank", "asset"),
    (CASH, "Cash and cheques in hand", "asset"),
    (STRIPE, "Held by Stripe", "asset"),
    (PAYROLL, "Deducted from pay, to come", "asset"),
    (RECEIVABLE, "Owed to us", "asset"),
    (SHARES_UNPAID, "Shares not paid for", "asset"),
    (APPLICATIONS, "Applications received", "liability"),
    (WITHDRAWALS, "Share withdrawals payable", "liability"),
    (INTEREST_PAYABLE, "Share interest payable", "liability"),
    (LOANS, "Loans from members", "liability"),
    (VAT, "VAT", "liability"),
    (SUSPENSE, "Not yet explained", "liability"),
    (SHARE_CAPITAL, "Share capital, ordinary shares", "equity"),
    (RESERVES, "Reserves", "equity"),
    (OPENING, "Opening balances", "equity"),
    (DUES, "Dues and joining fees", "income"),
    (DONATIONS, "Donations", "income"),
    (CARE_PRIVATE, "Care paid for privately", "income"),
    (CARE_COUNCIL, "Care paid for by councils", "income"),
    (CARE_NHS, "Care paid for by the NHS", "income"),
    (OTHER_INCOME, "Other income", "income"),
    (STRIPE_FEES, "Stripe’s fees", "expense"),
    (SHARE_INTEREST, "Share interest", "expense"),
    (OTHER_COSTS, "Other costs", "expense"),
)
