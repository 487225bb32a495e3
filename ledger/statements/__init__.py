"""Bank statements: reading them, knowing what was read before, and proposing what they settle.

Pure: bytes and dataclasses in, dataclasses out; no rows, no clock, the same every time.

    from ledger.statements import Expected, StatementError, propose, read_statement, unseen

    try:
        statement = read_statement(data)                # Lloyds, NatWest, Barclays, HSBC or OFX
    except StatementError as error:
        error.faults                                    # [Fault(row, field, sentence), …]

    statement = read_statement(                         # any other bank's CSV
        data, "general", columns={"date": "Booked", "description": "Text", "amount": "Sum"}
    )
    statement.lines                                     # oldest first, money in above zero
    new = unseen(statement.lines, checksums_in_the_database)
    check_closing(statement, balance_in_the_ledger)     # None, or a Fault that says the gap

    awaited = [Expected("order 7", make_reference("SH", 7), 10_00, party="12", kind="order")]
    for proposal in propose(new, awaited, {"J SMITH": "12"}):
        proposal.keys, proposal.trust, proposal.why     # what the line settles, how sure, and why

Every amount is whole pence. A proposal settles nothing by itself: a person confirms it.
"""

from ledger.statements.balances import check_closing
from ledger.statements.checksums import look_alikes, unseen
from ledger.statements.matching import (
    Expected,
    Proposal,
    Trust,
    payer_text,
    propose,
    propose_from_advice,
)
from ledger.statements.profiles import FIELDS, PROFILES
from ledger.statements.reading import read_headings, read_statement
from ledger.statements.references import (
    PREFIXES,
    amounts_beside,
    find_references,
    make_reference,
    read_reference,
)
from ledger.statements.statement import (
    MAX_BYTES,
    MAX_LINES,
    MAX_TEXT,
    Fault,
    Line,
    Statement,
    StatementError,
)

__all__ = [
    "FIELDS",
    "MAX_BYTES",
    "MAX_LINES",
    "MAX_TEXT",
    "PREFIXES",
    "PROFILES",
    "Expected",
    "Fault",
    "Line",
    "Proposal",
    "Statement",
    "StatementError",
    "Trust",
    "amounts_beside",
    "check_closing",
    "find_references",
    "look_alikes",
    "make_reference",
    "payer_text",
    "propose",
    "propose_from_advice",
    "read_headings",
    "read_reference",
    "read_statement",
    "unseen",
]
