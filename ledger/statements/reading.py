"""A file's bytes into a checked statement."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.statements.balances import balance_faults, oldest_first, with_every_balance
from ledger.statements.checksums import with_checksums
from ledger.statements.csv_reader import headings_in, read_csv
from ledger.statements.ofx_reader import looks_like_ofx, read_ofx
from ledger.statements.profiles import PROFILES
from ledger.statements.statement import (
    MAX_BYTES,
    MAX_FAULTS,
    RawStatement,
    Statement,
    StatementError,
    refuse,
)
from ledger.statements.values import tidy_account


def read_statement(
    data: bytes,
    profile: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    account: str = "",
) -> Statement:
    """Read a bank's CSV or OFX file; anything not right raises StatementError with every fault.

    `profile` is one of PROFILES, or None to tell the bank by the file's headings. `columns` goes
    with "general": FIELDS to the heading of the treasurer's choice. `account` is the number of the
    account that the file should be of: a file of another is refused, and one that names none is
    taken for it.
    """
    if profile is not None and profile not in PROFILES:
        raise refuse("profile", "We do not know this kind of file.")
    text = _decode(data)
    if profile == "ofx" or (profile is None and looks_like_ofx(text)):
        raw = read_ofx(text)
    else:
        raw = read_csv(text, profile, columns)
    return _checked(raw, tidy_account(account))


def read_headings(data: bytes) -> tuple[str, ...]:
    """A CSV file's headings, for a treasurer to choose the columns of an unknown bank from."""
    return headings_in(_decode(data))


def _decode(data: bytes) -> str:
    """UTF-8 with or without its mark, else the Windows code page that older exports use."""
    if len(data) > MAX_BYTES:
        raise refuse("file", "The file is larger than 5 MB.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refuse("file", "This is not a text file. Download it as CSV or OFX.")


def _checked(raw: RawStatement, account: str) -> Statement:
    if not raw.lines:
        raise refuse("file", "There are no payments in this file.")
    if account and raw.account and account != raw.account:
        raise refuse("account", "This file is of another account.")
    lines = oldest_first(raw.lines, raw.newest_first)
    if faults := balance_faults(lines):
        raise StatementError(faults[:MAX_FAULTS])
    lines = with_checksums(raw.account or account, with_every_balance(lines))
    closing, opening = raw.closing_pence, None
    if closing is None:
        closing = lines[-1].balance_pence
    if closing is not None:
        opening = closing - sum(line.amount_pence for line in lines)
    return Statement(raw.account or account, tuple(lines), opening, closing, raw.profile)
