"""What members have lent the society or left with it: "other property" in the register."""

from __future__ import annotations

from dataclasses import dataclass

from ledger import chart
from ledger.models import Journal, PayOut, Posting
from ledger.money import pence_of
from ledger.querysets import PayOutQuerySet, PostingQuerySet
from members.models import Organisation, Person

#: The kind of the journal that says that a loan came.
LOAN = "loan"
#: The owner of a pay-out that pays some of it back: the member.
LOAN_OWNER = "members.loan"


@dataclass(frozen=True)
class LoanLine:
    """One line. `pence` is what the society owes more by it, `owed` what it owes then."""

    journal: Journal
    pence: int
    owed: int

    @property
    def what(self) -> str:
        return {LOAN: "Received", "pay-out": "Paid back"}.get(self.journal.kind) or (
            "Undone" if self.journal.reverses_id else self.journal.title
        )

    @property
    def may_be_undone(self) -> bool:
        return self.journal.kind == LOAN and not hasattr(self.journal, "reversed_by")


def loan_lines(holder: Person | Organisation) -> list[LoanLine]:
    """Everything that was lent and paid back, oldest first."""
    lines, owed = [], 0
    found = _postings(holder.party_id).select_related("journal__reversed_by")
    for posting in found.order_by("journal__date", "journal_id", "pk"):
        owed -= posting.pence
        lines.append(LoanLine(posting.journal, -posting.pence, owed))
    return lines


def owed_on_loans(party_id: int | None) -> int:
    """What the society owes somebody as loans, in pence."""
    return -_postings(party_id).pence_total()


def repayments_waiting(party_id: int | None) -> PayOutQuerySet:
    """What is prepared to be paid back and waits for a second person."""
    return PayOut.objects.waiting().filter(party=party_id, account=chart.LOANS)


def left_to_repay(party_id: int | None) -> int:
    """What is owed and not about to be paid back, in pence."""
    prepared = sum(pence_of(pay_out.amount) for pay_out in repayments_waiting(party_id))
    return owed_on_loans(party_id) - prepared


def _postings(party_id: int | None) -> PostingQuerySet:
    """What is in the books of somebody's loans; nothing for somebody without money here."""
    found: PostingQuerySet = Posting.objects.filter(journal__sealed=True, account=chart.LOANS)
    return found.filter(party=party_id) if party_id else found.none()
