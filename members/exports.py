"""Files about members that people take away: their rows, and what each is for."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Prefetch

from ledger.money import for_sheet, pence_of
from members.models import Member, MemberClass, Person, Representative, ShareTransaction
from members.querysets import MemberQuerySet, living
from members.writing import reads_email

# --- Share transactions ---------------------------------------------------------------------------

TRANSACTIONS_HEAD = (
    "date",
    "member",
    "what",
    "share class",
    "shares more",
    "shares fewer",
    "value at par, pounds",
    "board minute",
    "journal",
    "undoes transaction",
    "transaction",
)


def transaction_rows(first: dt.date, last: dt.date) -> Iterator[tuple[object, ...]]:
    """Every change of a holding in a period, oldest first. Members by their numbers only."""
    found = (
        ShareTransaction.objects.filter(date__range=(first, last))
        .select_related("member", "share_class")
        .order_by("date", "pk")
    )
    for one in found.iterator():
        pence = abs(one.quantity) * pence_of(one.share_class.par)
        yield (
            one.date,
            one.member.number,
            one.get_kind_display(),
            one.share_class.name,
            max(one.quantity, 0) or "",
            max(-one.quantity, 0) or "",
            for_sheet(pence),
            one.minute,
            one.journal_id,
            one.reverses_id or "",
            one.pk,
        )


# --- Labels and letters ---------------------------------------------------------------------------


def reachable(today: dt.date) -> MemberQuerySet:
    """Members of today whom one may write to, with who acts for organisations."""
    acting = Representative.objects.active_on(today).select_related("person")
    return (
        Member.objects.active_on(today)
        .filter(living())
        .select_related("person", "organisation", "member_class")
        .prefetch_related(
            Prefetch("organisation__representatives", queryset=acting, to_attr="acting")
        )
    )


def to_post(members: Iterable[Member], *, paper_only: bool) -> list[Member]:
    """Those with a postal address; of them, if asked, only those whom an e-mail does not reach."""
    return [
        member
        for member in members
        if member.holder.postal_address and not (paper_only and reads_email(member.holder))
    ]


def _attention(member: Member) -> str:
    """Who acts for an organisation today."""
    acting: list[Representative] = (
        getattr(member.organisation, "acting", []) if member.organisation else []
    )
    return str(acting[0].person) if acting else ""


LABELS_HEAD = (
    "number",
    "name",
    "for the attention of",
    "address",
    "second line",
    "town",
    "postcode",
)


def label_row(member: Member) -> tuple[object, ...]:
    """One label, under LABELS_HEAD."""
    holder = member.holder
    return (
        member.number,
        member.name,
        _attention(member),
        holder.address_line_1,
        holder.address_line_2,
        holder.town,
        holder.postcode,
    )


def label_lines(member: Member) -> list[str]:
    """One label as it is printed."""
    return [str(text) for text in label_row(member)[1:] if text]


MERGE_HEAD = (
    "number",
    "first name",
    "last name",
    "organisation",
    "greeting",
    "address",
    "second line",
    "town",
    "postcode",
    "e-mail address",
    "reach by",
    "how to write",
    "language",
    "class",
    "votes with",
)


def merge_row(member: Member) -> tuple[object, ...]:
    """What a letter to one member needs, under MERGE_HEAD."""
    holder, person = member.holder, member.person
    acting = _attention(member)
    first, last = (person.first_name, person.last_name) if person else ("", "")
    return (
        member.number,
        first,
        last,
        member.organisation or "",
        f"Dear {first or acting or 'all'}",
        holder.address_line_1,
        holder.address_line_2,
        holder.town,
        holder.postcode,
        holder.email,
        "e-mail" if reads_email(holder) else "post",
        person.get_format_display() if person else Person.Format.STANDARD.label,
        (person.language or "English") if person else "English",
        member.member_class.name,
        member.member_class.constituency,
    )


# --- Who may vote ---------------------------------------------------------------------------------

ELECTORATE_HEAD = (
    "number",
    "name",
    "for the attention of",
    "class",
    "votes with",
    "e-mail address",
    "postal address",
)


@dataclass(frozen=True)
class Electorate:
    """Everybody who was a member at the end of a day, in the class of that day."""

    on: dt.date
    members: list[Member]
    classes: dict[int, MemberClass]

    def class_of(self, member: Member) -> MemberClass:
        return self.classes[member.class_then]  # type: ignore[attr-defined]

    @property
    def counts(self) -> list[tuple[str, int, list[tuple[str, int]]]]:
        """Whose votes are counted together: how many they are, and of which classes."""
        by_class = Counter(member.class_then for member in self.members)  # type: ignore[attr-defined]
        groups: dict[str, list[tuple[str, int]]] = {}
        for pk, one in self.classes.items():
            if by_class[pk]:
                groups.setdefault(one.constituency, []).append((one.name, by_class[pk]))
        return [(name, sum(n for _class, n in rows), rows) for name, rows in groups.items()]

    def rows(self) -> list[tuple[object, ...]]:
        return [
            (
                member.number,
                member.name,
                _attention(member),
                self.class_of(member).name,
                self.class_of(member).constituency,
                member.holder.email,
                member.holder.postal_address,
            )
            for member in self.members
        ]


def electorate_on(on: dt.date) -> Electorate:
    """The members of a day. Organisations vote by whoever acts for them that day."""
    acting = Representative.objects.active_on(on).select_related("person")
    found = (
        Member.objects.active_on(on)
        .with_class(on)
        .select_related("person", "organisation")
        .prefetch_related(
            Prefetch("organisation__representatives", queryset=acting, to_attr="acting")
        )
    )
    return Electorate(on, list(found), {one.pk: one for one in MemberClass.objects.all()})


def debit_credit(pence: int) -> tuple[str, str]:
    """A balance in two columns, so that no figure is below zero."""
    return (for_sheet(pence), "") if pence > 0 else ("", for_sheet(-pence) if pence else "")
