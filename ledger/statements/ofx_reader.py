"""OFX files: version 1 (SGML, where a value's end tag may be left out) and version 2 (XML).

One small reader serves both. It knows tags and values only: no document types, no entities beyond
the five of XML and numbered characters, nothing fetched; so a hostile file has nothing to expand.
Read are STMTRS and CCSTMTRS of OFX 1.6 and 2.x: account, lines, and the ledger balance.

Of the libraries, ofxtools is well kept but under the GPL; ofxparse has had no release since 2021
and needs lxml. Neither fits here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.statements.statement import MAX_LINES, MAX_TEXT, Faults, Line, RawStatement, refuse
from ledger.statements.values import parse_ofx_date, parse_pence, tidy, tidy_account

T = TypeVar("T")

#: Values that may stand empty; in version 1 only their names tell them from groups of others.
VALUES = frozenset(
    """
    TRNTYPE DTPOSTED DTUSER DTAVAIL TRNAMT FITID CORRECTFITID CORRECTACTION SRVRTID CHECKNUM REFNUM
    SIC PAYEEID NAME EXTDNAME MEMO ADDR1 ADDR2 ADDR3 CITY STATE POSTALCODE COUNTRY PHONE BANKID
    BRANCHID ACCTID ACCTTYPE ACCTKEY BALAMT DTASOF CURDEF CURSYM CURRATE DTSTART DTEND TRNUID
    CLTCOOKIE CODE SEVERITY MESSAGE DTSERVER LANGUAGE ORG FID MKTGINFO
    """.split()  # noqa: SIM905 (a list of words is easier to read and to add to)
)
MAX_DEPTH = 30
MAX_TAGS = 25 * MAX_LINES
_LONGEST_VALUE = 20 * MAX_TEXT
_START = re.compile(r"<OFX[\s>]", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]{0,40})(?:\s[^<>]{0,500})?(/?)>")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}


@dataclass(slots=True)
class Node:
    """A tag with its value, or with the tags inside it."""

    tag: str
    row: int
    value: str = ""
    inside: list[Node] = field(default_factory=list)

    def find(self, path: str) -> Node | None:
        """The first tag at this path, such as BANKTRANLIST/DTEND."""
        node: Node | None = self
        for tag in path.split("/"):
            inside = node.inside if node else []
            node = next((child for child in inside if child.tag == tag), None)
        return node

    def text(self, path: str) -> str:
        node = self.find(path)
        return tidy(node.value) if node else ""


def looks_like_ofx(text: str) -> bool:
    top = text[:4000]
    return "OFXHEADER" in top.upper() or _START.search(top) is not None


def read_ofx(text: str) -> RawStatement:
    """The one statement in the file, lines in its order. Raises StatementError with all faults.

    The ledger balance closes the statement only if its day lies between the last line and the
    statement's end: banks often tell today's balance under last month's lines.
    """
    statements = [node for node in _walk(_parse(text)) if node.tag in ("STMTRS", "CCSTMTRS")]
    if not statements:
        raise refuse("file", "The file holds no statement. Download it again.")
    if len(statements) > 1:
        raise refuse(
            "account", "The file holds more than one account. Download one account at a time."
        )
    statement = statements[0]
    faults = Faults()
    currency = statement.text("CURDEF").upper()
    if currency != "GBP":
        faults.add(statement.row, "currency", "The account is not in pounds (GBP).")
    movements = [node for node in _walk(statement) if node.tag == "STMTTRN"]
    if len(movements) > MAX_LINES:
        faults.add(None, "file", f"The file has more than {MAX_LINES:,} lines. Split it.")
        faults.stop()
    lines = [line for node in movements if (line := _line(node, faults))]
    closing = _closing(statement, lines, faults)
    faults.stop()
    return RawStatement("ofx", _account(statement), lines, False, closing)


def _account(statement: Node) -> str:
    place = statement.find("BANKACCTFROM") or statement.find("CCACCTFROM")
    if place is None:
        return ""
    number, code = tidy_account(place.text("ACCTID")), tidy_account(place.text("BANKID"))
    if re.fullmatch(r"[0-9]{8}", number) and re.fullmatch(r"[0-9]{6}", code):
        return tidy_account(code + number)
    return number


def _closing(statement: Node, lines: list[Line], faults: Faults) -> int | None:
    balance, listed = statement.find("LEDGERBAL"), statement.find("BANKTRANLIST")
    if balance is None or listed is None:
        return None
    if not (balance.text("BALAMT") and balance.text("DTASOF") and listed.text("DTEND")):
        return None
    pence = _read(balance, "BALAMT", parse_pence, faults)
    day = _read(balance, "DTASOF", parse_ofx_date, faults)
    ends = _read(listed, "DTEND", parse_ofx_date, faults)
    if day is None or ends is None or day > ends or any(line.date > day for line in lines):
        return None
    return pence


def _line(node: Node, faults: Faults) -> Line | None:
    """One STMTTRN. The sign is TRNAMT's own; a DEBIT above or a CREDIT below zero is a fault."""
    before = len(faults.found)
    date = _read(node, "DTPOSTED", parse_ofx_date, faults)
    amount = _read(node, "TRNAMT", parse_pence, faults)
    kind = node.text("TRNTYPE").upper()
    if amount and (kind, amount > 0) in (("DEBIT", True), ("CREDIT", False)):
        sentence = "The type says money out and the amount money in, or the other way about."
        faults.add(node.row, "amount", sentence)
    name = node.text("NAME") or node.text("PAYEE/NAME")
    memo = node.text("MEMO")
    description = " ".join(part for part in (name, "" if memo == name else memo) if part)
    reference = node.text("CHECKNUM") or node.text("REFNUM")
    if max(len(description), len(reference), len(kind), len(node.text("FITID"))) > MAX_TEXT:
        faults.add(node.row, "description", f"A text is longer than {MAX_TEXT} letters.")
    if date is None or not amount or len(faults.found) > before:
        return None
    return Line(
        date=date,
        amount_pence=amount,
        description=description,
        reference="" if reference.strip("0") == "" else reference,
        kind=kind,
        fitid=node.text("FITID") or None,
        row=node.row,
    )


#: What the treasurer knows each tag by.
_FIELDS = {
    "DTPOSTED": "date",
    "TRNAMT": "amount",
    "BALAMT": "balance",
    "DTASOF": "balance",
    "DTEND": "date",
}


def _read(node: Node, tag: str, parse: Callable[[str], T], faults: Faults) -> T | None:
    text = node.text(tag)
    if not text:
        faults.add(node.row, _FIELDS[tag], f"{tag} is missing.")
        return None
    try:
        return parse(text)
    except ValueError as error:
        faults.add(node.row, _FIELDS[tag], f"“{text[:30]}” {error}.")
        return None


def _walk(root: Node) -> Iterator[Node]:
    """Every tag, in the file's order."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.inside)


def _parse(text: str) -> Node:
    """The tree of tags. Raises StatementError where tags do not close or the file breaks off."""
    root = Node("", 0)
    stack = [root]
    tags = 0
    for kind, content, row in _tokens(text):
        top = stack[-1]
        if kind == "text":
            if top is not root and not top.inside:
                top.value += content
                if len(top.value) > _LONGEST_VALUE:
                    raise refuse("file", "This text is too long to be part of a statement.", row)
        elif kind == "open":
            if top.value.strip() or top.tag in VALUES:
                stack.pop()
            node = Node(content, row)
            stack[-1].inside.append(node)
            stack.append(node)
            tags += 1
            if len(stack) > MAX_DEPTH or tags > MAX_TAGS:
                raise refuse("file", "The file's tags do not close.", row)
        else:
            while len(stack) > 1 and stack[-1].tag != content:
                stack.pop()
            if len(stack) == 1:
                raise refuse("file", f"The tag {content} closes without having opened.", row)
            stack.pop()
    if len(stack) > 1:
        raise refuse("file", "The file breaks off before its end. Download it again.")
    return root


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """("open" or "close", tag, row) and ("text", value, row), from the first tag on."""
    start = _START.search(text)
    position = start.start() if start else len(text)
    row = text.count("\n", 0, position) + 1
    while position < len(text):
        kind, contents, after = _token(text, position, row)
        for content in contents:
            yield kind, content, row
            kind = "close"
        row += text.count("\n", position, after)
        position = after


def _token(text: str, position: int, row: int) -> tuple[str, tuple[str, ...], int]:
    """The kind, its content (twice for a tag that closes itself), and where the next begins."""
    if text.startswith("<![CDATA[", position):
        end = _end(text, "]]>", position, row)
        return "text", (text[position + 9 : end - 3],), end
    if text.startswith(("<?", "<!--"), position):
        end = _end(text, "-->" if text.startswith("<!", position) else "?>", position, row)
        return "text", (), end
    if text.startswith("<!", position):
        raise refuse("file", "The file defines things of its own. A statement never does.", row)
    if tag := _TAG.match(text, position):
        name = tag[2].upper()
        if tag[1]:
            return "close", (name,), tag.end()
        return "open", (name, name) if tag[3] else (name,), tag.end()
    end = text.find("<", position + 1)
    end = len(text) if end < 0 else end
    return "text", (_ENTITY.sub(_character, text[position:end]),), end


def _end(text: str, mark: str, position: int, row: int) -> int:
    found = text.find(mark, position)
    if found < 0:
        raise refuse("file", "The file breaks off before its end. Download it again.", row)
    return found + len(mark)


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name in _NAMED:
        return _NAMED[name]
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    surrogate = 0xD800 <= number <= 0xDFFF
    return match[0] if number > 0x10FFFF or surrogate else chr(number)
