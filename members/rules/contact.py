"""How names, addresses and telephone numbers are written."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields

#: As many letters as the register has room for in a first or a last name.
LONGEST_NAME = 60
UNREADABLE = {
    "phone": "Enter a phone number with 10 to 15 figures, such as 01632 960 001.",
    "postcode": "Enter a full UK postcode, such as QX7 1AB.",
}

_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2}")


@dataclass(frozen=True)
class Contact:
    """How to reach a person or an organisation. `tidied` raises ValueError naming the field."""

    email: str = ""
    phone: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    town: str = ""
    postcode: str = ""
    format: str = "standard"

    def tidied(self) -> Contact:
        tidy = {"phone": tidy_phone, "postcode": tidy_postcode}
        texts = {name: text.strip() for name, text in asdict(self).items()}
        for name, clean in tidy.items():
            try:
                texts[name] = clean(texts[name])
            except ValueError as error:
                raise ValueError(name) from error
        return Contact(**texts)


def contact_names(of: object) -> list[str]:
    """Which of the contact details a person, an organisation or an applicant has."""
    return [field.name for field in fields(Contact) if hasattr(of, field.name)]


def tidy_postcode(text: str) -> str:
    """ "qx7 1ab" → "QX7 1AB". Raises ValueError for what no postcode looks like."""
    squeezed = re.sub(r"\s+", "", text.upper())
    if not squeezed:
        return ""
    if not _POSTCODE.fullmatch(squeezed):
        raise ValueError(text)
    return f"{squeezed[:-3]} {squeezed[-3:]}"


def tidy_phone(text: str) -> str:
    """Figures in groups as typed. Raises ValueError unless there are 10 to 15 figures."""
    squeezed = " ".join(text.replace("-", " ").split())
    if not squeezed:
        return ""
    if not re.fullmatch(r"\+?[0-9() ]+", squeezed):
        raise ValueError(text)
    if not 10 <= sum(char.isdigit() for char in squeezed) <= 15:
        raise ValueError(text)
    return squeezed


def split_name(name: str) -> tuple[str, str]:
    """ "Mary Ann Shaw" → ("Mary Ann", "Shaw"); a single word is taken as the first name.

    What is longer than LONGEST_NAME is cut: the applicant sees it and puts it right.
    """
    words = name.split()
    if len(words) < 2:
        return " ".join(words)[:LONGEST_NAME], ""
    return " ".join(words[:-1])[:LONGEST_NAME], words[-1][:LONGEST_NAME]


#: All that goes on an envelope.
WHOLE_ADDRESS = frozenset({"address_line_1", "address_line_2", "town", "postcode"})
#: The register holds the postal address of every member: 2014 Act, section 30.
#: What of it must not be emptied → what is said to whoever does.
POSTAL_ADDRESS = {
    "address_line_1": "The law asks for a member's postal address in the register: put another in "
    "its place.",
    "town": "The law asks for a member's postal address in the register: its town is missing.",
}
