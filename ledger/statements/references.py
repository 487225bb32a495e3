"""The references that payers write: made so that a misreading is noticed.

A reference is two letters for what is paid, a dash, four letters or figures for the number and one
that checks the rest: SH-7KQ3M. The check is the hybrid system of ISO 7064 (modulus 29, 28), over
the two letters as well: any one letter misread is noticed, and so are nearly all pairs swapped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

#: What each kind of reference is for.
PREFIXES: Mapping[str, str] = {
    "DN": "donation",
    "DU": "dues",
    "IN": "invoice",
    "LN": "loan",
    "RF": "refund",
    "SH": "shares",
    "WD": "withdrawal",
}
#: No letters or figures that look alike when read out or written by hand.
ALPHABET = "ABCDEFGHJKLMNPQRTUVWXY346789"
FIGURES = 4
#: One more than the highest number.
NUMBERS = len(ALPHABET) ** FIGURES
#: Shares no factor with NUMBERS: it spreads neighbouring numbers, so that they look unalike.
_SPREAD = 379_877
_UNSPREAD = pow(_SPREAD, -1, NUMBERS)
#: What banks put between the letters: they break lines, drop dashes and add points.
_GAP = "[^A-Z0-9]{0,3}"
_REFERENCE = re.compile(
    rf"(?=((?P<prefix>{'|'.join(_GAP.join(prefix) for prefix in PREFIXES)})"
    rf"(?P<body>(?:{_GAP}[{ALPHABET}]){{{FIGURES + 1}}})))"
)
#: Pounds and pence as a list of payments writes them: "1,250.50", "£12.00".
_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+\.\d{2}(?!\d)|(?<![\d.,])\d+\.\d{2}(?!\d)")


def make_reference(prefix: str, number: int) -> str:
    """The reference of the number-th thing of its kind, from 1: always the same, and its own."""
    if prefix not in PREFIXES:
        raise ValueError(f"{prefix} is not one of {', '.join(PREFIXES)}.")
    if not 0 < number < NUMBERS:
        raise ValueError(f"A reference has a number from 1 to {NUMBERS - 1:,}.")
    left, figures = number * _SPREAD % NUMBERS, ""
    for _ in range(FIGURES):
        left, place = divmod(left, len(ALPHABET))
        figures = ALPHABET[place] + figures
    return f"{prefix}-{figures}{_check(prefix, figures)}"


def read_reference(text: str) -> tuple[str, int] | None:
    """The prefix and number of a text that is one reference and nothing else; None if it is not."""
    found = find_references(text)
    if len(found) != 1 or _letters(text) != _letters(found[0]):
        return None
    prefix, body = found[0].split("-")
    number = 0
    for figure in body[:FIGURES]:
        number = number * len(ALPHABET) + ALPHABET.index(figure)
    return prefix, number * _UNSPREAD % NUMBERS


def find_references(text: str) -> list[str]:
    """Every reference in a bank's text, each once, in order and written as we write it.

    Found in any case, without the dash, broken by blanks or run into other words. What fails its
    check is a misreading, or no reference, and is left out.
    """
    return list(dict.fromkeys(reference for reference, _start, _end in _found(text)))


def amounts_beside(text: str) -> dict[str, int]:
    """Reference → pence, of each line of a text that has one reference and one amount with pence:
    a council's list of what it has paid. A reference that stands on two lines is left out."""
    found: dict[str, int] = {}
    twice = set()
    for line in text.splitlines():
        references, amounts = find_references(line), _AMOUNT.findall(without_references(line))
        if len(references) != 1 or len(amounts) != 1:
            continue
        if references[0] in found:
            twice.add(references[0])
        found[references[0]] = int(re.sub(r"[^0-9]", "", amounts[0]))
    return {reference: pence for reference, pence in found.items() if reference not in twice}


def without_references(text: str) -> str:
    """The text in capitals with a blank for each reference."""
    left, position = [], 0
    capitals = text.upper()
    for _reference, start, end in _found(text):
        left.append(capitals[position:start])
        position = max(position, end)
    return " ".join([*left, capitals[position:]])


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _REFERENCE.finditer(text.upper()):
        prefix, body = _letters(match["prefix"]), _letters(match["body"])
        if _check(prefix, body[:FIGURES]) == body[FIGURES]:
            yield f"{prefix}-{body}", match.start(1), match.end(1)


def _letters(text: str) -> str:
    return re.sub("[^A-Z0-9]", "", text.upper())


def _check(prefix: str, figures: str) -> str:
    values = [ord(letter) - ord("A") for letter in prefix]
    values += [ALPHABET.index(figure) for figure in figures]
    size = len(ALPHABET)
    product = size
    for value in values:
        product = ((value + product) % size or size) * 2 % (size + 1)
    return ALPHABET[(1 - product) % size]
