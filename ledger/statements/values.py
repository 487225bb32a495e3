"""Cells into values: money as whole pence, dates, text without padding. Refusals are ValueError."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
_MONTH_NUMBERS |= {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_MONTH_NUMBERS["sept"] = 9
_YEARS = range(1990, 2100)

_AMOUNT = re.compile(
    r"(?P<pounds>[0-9]{1,10}|[0-9]{1,3}(?:,[0-9]{3}){1,3})?(?:\.(?P<pence>[0-9]{1,8}))?"
)
_SIGNS = (
    (re.compile(r"\(([0-9.,]+)\)"), -1),
    (re.compile(r"-([0-9.,]+)"), -1),
    (re.compile(r"([0-9.,]+)(?:-|DR?|OD)"), -1),
    (re.compile(r"\+?([0-9.,]+)(?:CR?)?"), 1),
)
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4}|[0-9]{2})")
_MONTH_NAMED = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3,9})[ -]([0-9]{4}|[0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_OFX_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9.:\[+-].*)?")


def parse_pence(text: str) -> int:
    """Pounds as banks write them into whole pence: £1,234.50, -70.0, (12.00), 12.00-, 5.00 DR.

    A comma only parts thousands. A part of a penny is refused, not rounded.
    """
    written = re.sub(r"£|GBP|\s", "", text.replace("\N{MINUS SIGN}", "-").upper())
    for pattern, sign in _SIGNS:
        if signed := pattern.fullmatch(written):
            return sign * _unsigned_pence(signed[1])
    raise ValueError("is not an amount")


def _unsigned_pence(text: str) -> int:
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise ValueError("is not an amount")
    pence = match["pence"] or ""
    if pence[2:].strip("0"):
        raise ValueError("has a part of a penny")
    return int((match["pounds"] or "0").replace(",", "")) * 100 + int(pence[:2].ljust(2, "0"))


def parse_date(text: str) -> dt.date:
    """31/12/2026, 31/12/26, 31-12-2026, 31 Dec 2026, 31 December 2026 or 2026-12-31. Day first."""
    written = " ".join(text.split())
    if match := _DAY_FIRST.fullmatch(written):
        day, month, year = (int(part) for part in match.groups())
    elif match := _MONTH_NAMED.fullmatch(written):
        day, year = int(match[1]), int(match[3])
        month = _MONTH_NUMBERS.get(match[2].lower(), 0)
    elif match := _YEAR_FIRST.fullmatch(written):
        year, month, day = (int(part) for part in match.groups())
    else:
        raise ValueError("is not a date")
    return _real_date(year + 2000 if year < 100 else year, month, day)


def parse_ofx_date(text: str) -> dt.date:
    """YYYYMMDD, with or without a time and zone: the bank's posting day as it is written."""
    if match := _OFX_DATE.fullmatch(text.strip()):
        return _real_date(*(int(part) for part in match.groups()))
    raise ValueError("is not a date")


def _real_date(year: int, month: int, day: int) -> dt.date:
    if year not in _YEARS:
        raise ValueError("is not in a year that we know")
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ValueError("is not a real date") from None


def tidy(text: str) -> str:
    """Without padding, control characters, and the apostrophe that marks text for spreadsheets."""
    visible = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return " ".join(visible.split()).removeprefix("'").strip()


def tidy_account(text: str) -> str:
    """One way to write an account: sort code and number as 309871-02872656, others in capitals."""
    written = tidy(text).upper().removesuffix("GBP")
    plain = re.sub(r"[\s'-]", "", written)
    if re.fullmatch(r"[0-9]{14}", plain):
        return f"{plain[:6]}-{plain[6:]}"
    return plain


def in_pounds(pence: int) -> str:
    """£1,234.50; below zero -£1,234.50."""
    pounds, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}£{pounds:,}.{rest:02}"


def in_words(day: dt.date) -> str:
    """3 May 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
