"""Cells into values. Refusals are ValueError with a sentence, which never repeats the cell."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from members.rules.contact import UNREADABLE, tidy_phone, tidy_postcode

#: The largest number that the register has room for.
MOST = 2_147_483_647
#: Before this no date of a living register can be: it was mistyped.
EARLIEST = dt.date(1900, 1, 1)

#: Two invisible letters that some scripts cannot do without.
_JOINERS = "\u200c\u200d"
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})|([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_WHOLE = re.compile(r"([0-9]{1,10}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.0+)?")
#: How our own files keep a spreadsheet from taking a text for a formula.
_ESCAPED = re.compile(r"'[=+\-@]")


def text(cell: str, longest: int) -> str:
    """Text in its usual form: no padding, no doubled blanks, letters composed."""
    tidy = unicodedata.normalize("NFC", cell.strip())
    if any(_is_no_text(letter) for letter in tidy):
        raise ValueError("This cell holds a line break or another sign that is not text.")
    tidy = " ".join(tidy.split())
    if _ESCAPED.match(tidy):
        tidy = tidy[1:]
    if len(tidy) > longest:
        raise ValueError(f"This is longer than {longest} letters.")
    return tidy


def _is_no_text(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return (kind.startswith("C") and letter not in _JOINERS) or kind in ("Zl", "Zp")


def date(cell: str) -> dt.date:
    """2019-03-05 or 05/03/2019, the day before the month."""
    match = _DATE.fullmatch(cell)
    if not match:
        raise ValueError("Enter a date such as 2019-03-05 or 05/03/2019.")
    year, month, day = match[1], match[2], match[3]
    if year is None:
        day, month, year = match[4], match[5], match[6]
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError("There is no such day. The day stands before the month.") from None
    if found < EARLIEST:
        raise ValueError(f"This day is before {EARLIEST.year}. Look at the year.")
    return found


def whole(cell: str) -> int:
    """A whole number: 25, 1,000 or (as some programs write it) 25.00."""
    match = _WHOLE.fullmatch(cell)
    if not match and _WHOLE.fullmatch(cell.lstrip("-\u2212")):
        raise ValueError("Enter a whole number above nought.")
    if not match:
        raise ValueError("Enter a whole number, in figures.")
    number = int(match[1].replace(",", ""))
    if number > MOST:
        raise ValueError("This number is too large.")
    return number


def email(cell: str, longest: int) -> str:
    address = text(cell, longest)
    try:
        validate_email(address)
    except ValidationError:
        raise ValueError("This is not an e-mail address.") from None
    return address


def phone(cell: str, longest: int) -> str:
    """As people write it. A number of 10 figures has lost its 0 to a spreadsheet."""
    number = text(cell, longest)
    if re.fullmatch(r"[1-9][0-9]{9}", number):
        number = f"0{number}"
    try:
        return tidy_phone(number)
    except ValueError:
        raise ValueError(UNREADABLE["phone"]) from None


def postcode(cell: str, longest: int) -> str:
    try:
        return tidy_postcode(text(cell, longest))
    except ValueError:
        raise ValueError(UNREADABLE["postcode"]) from None


def yes_or_no(cell: str) -> bool:
    answer = cell.casefold()
    if answer in ("yes", "y", "true", "1"):
        return True
    if answer in ("no", "n", "false", "0"):
        return False
    raise ValueError("Enter yes or no.")


def one_of(cell: str, codes: tuple[str, ...]) -> str:
    code = cell.casefold().replace("_", "-")
    if code not in codes:
        raise ValueError(f"Enter one of {', '.join(codes)}.")
    return code
