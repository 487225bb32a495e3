"""The register of members and officers as the law asks for it, as at the end of any day.

Source: Co-operative and Community Benefit Societies Act 2014, section 30. For each member: name
and postal address; an electronic address and the purposes notified for it; the number of shares
and the amount paid; other property in the society (loans); the dates of entering and ceasing; and
the officers. Shares, money, class and dates are those of the day that is asked for. Names and
addresses are today's: the law asks for the address, not for its history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from djmoney.money import Money

from ledger import chart
from ledger.models import Posting
from ledger.money import pence_of, pounds_of
from members.models import Member, MemberClass, Office, ShareClass, ShareTransaction
from members.querysets import MemberQuerySet

#: Up to so many rows are asked for by their ids; of more, everybody is asked for.
FEW = 500


@dataclass(frozen=True)
class Entry:
    """What the register says of one member at the end of a day."""

    member: Member
    member_class: MemberClass
    shares: int
    shares_in_words: str
    paid: Money
    loans: Money
    ceased: dt.date | None

    @property
    def email(self) -> str:
        return self.member.holder.email

    @property
    def purposes(self) -> str:
        """What the electronic address was notified for; nothing where there is none."""
        return self.member.holder.email_notified_for

    @property
    def why_ceased(self) -> str:
        return self.member.ceased_because if self.ceased else ""

    @property
    def other_property(self) -> str:
        return f"Loans of £{self.loans.amount:,.2f}" if self.loans else ""


def with_particulars(found: MemberQuerySet, on: dt.date) -> MemberQuerySet:
    """Members with all that `entries_of` reads of them."""
    return (
        found.with_shares(on)
        .with_amount_paid(on)
        .with_class(on)
        .with_newer(on)
        .select_related("person", "organisation")
    )


def entries_of(members: Sequence[Member], on: dt.date) -> list[Entry]:
    """The register's lines for members (from `with_particulars`), in the same few queries always.

    A loan is a holder's, not a number's: of somebody who was entered again it stands against the
    later number.
    """
    classes = MemberClass.objects.in_bulk()
    loans = _loans(members, on)
    in_words = _Holdings(members, on)
    return [
        Entry(
            member=member,
            member_class=classes[member.class_then],  # type: ignore[attr-defined]
            shares=member.shares,  # type: ignore[attr-defined]
            shares_in_words=in_words.of(member),
            paid=member.amount_paid,
            loans=pounds_of(0 if member.is_older else loans.get(member.holder.party_id or 0, 0)),  # type: ignore[attr-defined]
            ceased=member.ceased_by(on),
        )
        for member in members
    ]


def _loans(members: Sequence[Member], on: dt.date) -> dict[int, int]:
    """Id of the party → pence that the society owes it as loans."""
    postings = Posting.objects.up_to(on).filter(account=chart.LOANS)
    if len(members) <= FEW:
        postings = postings.filter(party__in=[one.holder.party_id for one in members])
    return {party: -pence for party, pence in postings.by_party().items() if pence < 0}


class _Holdings:
    """How many shares, by class where a society has several: "10 Ordinary, 500 Investor"."""

    def __init__(self, members: Sequence[Member], on: dt.date) -> None:
        self._classes = ShareClass.objects.in_bulk()
        self._held: dict[int, dict[int, int]] = {}
        if len(self._classes) > 1:
            transactions = ShareTransaction.objects.up_to(on)
            if len(members) <= FEW:
                transactions = transactions.filter(member__in=members)
            self._held = transactions.holdings()

    def of(self, member: Member) -> str:
        held = [(pk, shares) for pk, shares in self._held.get(member.pk, {}).items() if shares]
        if len(held) < 2:
            return f"{member.shares:,}"  # type: ignore[attr-defined]
        return ", ".join(f"{shares:,} {self._classes[pk].name}" for pk, shares in sorted(held))


@dataclass(frozen=True)
class Totals:
    """All shares at the end of a day: of members, and of those who ceased and still hold some."""

    shares: int
    at_par: Money
    paid: Money
    in_books: Money

    @property
    def agree(self) -> bool:
        """The register and the books say the same: they do on every day, or something is wrong."""
        return self.at_par == self.in_books


def totals_on(on: dt.date) -> Totals:
    """The whole register's shares, and the share capital that the books hold for them."""
    share_classes = ShareClass.objects.in_bulk()
    held = dict(
        ShareTransaction.objects.up_to(on)
        .order_by()
        .values_list("share_class")
        .annotate(Sum("quantity"))
    )
    capital = [one.capital_id for one in share_classes.values()]
    accounts = [*capital, chart.SHARES_UNPAID]
    books = Posting.objects.up_to(on).filter(account__in=accounts).by_account()
    at_par = sum(pence_of(share_classes[pk].par) * shares for pk, shares in held.items())
    return Totals(
        shares=sum(held.values()),
        at_par=pounds_of(at_par),
        paid=pounds_of(at_par - books.get(chart.SHARES_UNPAID, 0)),
        in_books=pounds_of(-sum(books.get(code, 0) for code in capital)),
    )


OFFICERS_HEAD = ("office", "name", "postal address", "from", "until", "minute", "minute of the end")


@dataclass(frozen=True)
class Officer:
    """One office as it stood at the end of a day: an end after it was not known then."""

    office: Office
    until: dt.date | None

    @property
    def end_minute(self) -> str:
        return self.office.end_minute if self.until else ""


def officers_on(on: dt.date, *, everyone: bool = False) -> list[Officer]:
    """Who was in office on a day; or everybody who had ever been by then, in order of the posts."""
    found = Office.objects.begun_by(on) if everyone else Office.objects.held_on(on)
    offices = found.select_related("person").order_by("since", "pk")
    rank = {post: place for place, post in enumerate(Office.Post.values)}
    officers = [
        Officer(office, office.until if office.until and office.until <= on else None)
        for office in offices
    ]
    return sorted(officers, key=lambda officer: rank[officer.office.post])


def officer_row(officer: Officer) -> tuple[object, ...]:
    """One line of the register of officers, under OFFICERS_HEAD."""
    office = officer.office
    return (
        office.get_post_display(),
        str(office.person),
        office.person.postal_address,
        office.since,
        officer.until,
        office.minute,
        officer.end_minute,
    )
