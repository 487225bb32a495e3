"""Bringing a whole register over: members, their people, their shares and the opening balances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import User
from core.operations import grant_member_role
from core.registry import operation
from ledger import chart
from ledger.models import Party
from ledger.money import pence_of
from ledger.operations import Event, move, new_parties, post_many
from members import import_builder
from members.importing import Progress, quiet
from members.importing.checking import check
from members.importing.plan import Change, Entry, Holder, Plan
from members.importing.rows import Rows
from members.models import Member, MemberClass, Organisation, Person, ShareTransaction
from members.operations.classes import STARTING_CLASSES, set_up_member_classes

#: So many ids are asked for in one query.
AT_ONCE = 500
NO_REASON = "Not recorded"


def plan_import(rows: Rows, today: dt.date, progress: Progress = quiet) -> Plan:
    """What importing these rows would do, and what stops it. Changes nothing."""
    return check(rows, import_builder.known(today, STARTING_CLASSES), progress)


@operation(needs="members.import_register")
def import_register(*, rows: Rows, progress: Progress = quiet, by: Actor) -> Plan:
    """Bring members and holdings over from a file: all of them, or none where there is any fault.

    A number of the register is that member again, whose contact details are brought up to date;
    what they hold, their class and dates are not changed so. New members are entered with their
    shares against the opening balances, dated on the day they joined. An import records members as
    they are: evidence that nobody has seen yet is asked for afterwards. Nobody is given a sign-in;
    who has one already gets the members' pages.
    Source: Co-operative and Community Benefit Societies Act 2014, section 30.
    """
    plan = plan_import(rows, timezone.localdate(), progress)
    if not plan.is_good:
        return plan
    progress(0, len(plan.entries), "Writing the register")
    try:
        with transaction.atomic():
            _Writer(plan, by).write()
    except IntegrityError:
        raise RuleError(
            "The register was changed at the same moment, so nothing was taken in. Try again."
        ) from None
    audit.record(by, "members.import_register", None, **plan.counts())
    return plan


class _Writer:
    """Writes a plan without faults. Every kind of row goes in one statement or a few."""

    def __init__(self, plan: Plan, by: Actor) -> None:
        self._plan, self._by = plan, by
        self._holders = list({id(one.holder): one.holder for one in plan.entries}.values())
        self._rows: dict[Holder, Person | Organisation] = {}

    def write(self) -> None:
        for model in (Person, Organisation):
            _change_details(model, self._plan.changes, self._by)
        self._make_holders()
        members = self._enter()
        self._open(members)
        self._give_pages()

    def _make_holders(self) -> None:
        """The people and organisations of the new entries: those we know, and new ones. Whoever
        holds shares is somebody in the ledger."""
        for model in (Person, Organisation):
            self._rows |= _known_rows(model, self._holders)
        hold = {id(entry.holder) for entry in self._plan.entries if entry.shares}
        without = [one for one in self._holders if id(one) in hold and not self._has_party(one)]
        made = new_parties(number=len(without), by=self._by)
        parties = dict(zip(without, made, strict=True))
        self._make(Person, import_builder.person_of, parties)
        self._make(Organisation, import_builder.organisation_of, parties)

    def _has_party(self, holder: Holder) -> bool:
        return holder in self._rows and self._rows[holder].party_id is not None

    def _make(
        self,
        model: type[Person] | type[Organisation],
        build: Callable[[Holder, Party | None], Any],
        parties: Mapping[Holder, Party],
    ) -> None:
        mine = [one for one in self._holders if one.is_person == (model is Person)]
        new = [one for one in mine if one.known is None]
        made = cast(Any, model._default_manager).bulk_create(
            build(one, parties.get(one)) for one in new
        )
        self._rows |= dict(zip(new, made, strict=True))
        action = f"members.add_{model._meta.model_name}"
        audit.record_many(self._by, action, ((row, {}) for row in made))
        known = [one for one in mine if one.known and one in parties]
        for one in known:
            self._rows[one].party = parties[one]
        model._default_manager.bulk_update(
            [cast(Any, self._rows[one]) for one in known], ["party"], batch_size=AT_ONCE
        )

    def _enter(self) -> list[Member]:
        classes = _classes_of(self._plan.entries, self._by)
        members = Member.objects.bulk_create(
            Member(
                number=cast(int, entry.row.number),  # a good plan has them
                **self._who(entry.holder),
                member_class=classes[entry.member_class.code],
                joined=cast(dt.date, entry.row.joined),
                ceased=entry.row.ceased,
                ceased_because=entry.row.ceased_because or (NO_REASON if entry.row.ceased else ""),
            )
            for entry in self._plan.entries
        )
        lines = zip(members, self._plan.entries, strict=True)
        audit.record_many(
            self._by,
            "members.import_member",
            ((one, {"number": one.number, "shares": entry.shares}) for one, entry in lines),
        )
        return members

    def _who(self, holder: Holder) -> dict[str, Any]:
        return {"person" if holder.is_person else "organisation": self._rows[holder]}

    def _open(self, members: Sequence[Member]) -> None:
        """The holdings, each with its own journal against the opening balances."""
        held = [
            (member, entry.shares)
            for member, entry in zip(members, self._plan.entries, strict=True)
            if entry.shares
        ]
        journals = post_many(events=[_opening(*one) for one in held], by=self._by)
        ShareTransaction.objects.bulk_create(
            ShareTransaction(
                member=member,
                share_class=member.member_class.share_class,
                kind=ShareTransaction.Kind.OPENING,
                quantity=shares,
                date=member.joined,
                journal=journal,
            )
            for (member, shares), journal in zip(held, journals, strict=True)
        )

    def _give_pages(self) -> None:
        """Who can sign in already sees the members' pages from now on."""
        today = timezone.localdate()
        current = [self._rows[entry.holder] for entry in self._plan.current]
        people = {row.pk: row for row in current if isinstance(row, Person) and row.user_id}
        users = {person.user_id for person in people.values()}
        known = [row.pk for row in current if isinstance(row, Organisation)]
        for some in _in_parts(known):
            acting = User.objects.filter(
                person__represents__organisation__in=some, person__represents__since__lte=today
            ).exclude(person__represents__until__lt=today)
            users |= set(acting.values_list("pk", flat=True))
        for some in _in_parts(sorted(pk for pk in users if pk is not None)):
            for user in User.objects.filter(pk__in=some):
                grant_member_role(user=user, since=today, by=self._by)


def _opening(member: Member, shares: int) -> Event:
    """The same event as when one member is brought over by hand."""
    share_class = member.member_class.share_class
    return Event(
        kind=f"shares-{ShareTransaction.Kind.OPENING.value}",
        date=member.joined,
        key=f"shares-opening:{member.pk}",
        lines=move(
            shares * pence_of(share_class.par),
            debit=chart.OPENING,
            credit=share_class.capital_id,
            party=member.holder.party,
        ),
        source=f"members.member:{member.pk}",
        memo=f"{shares:+,} shares, member {member.number}",
    )


def _classes_of(entries: Iterable[Entry], by: Actor) -> dict[str, MemberClass]:
    """The classes by code; the starting ones are made where one is asked for and missing."""
    classes = {one.code: one for one in MemberClass.objects.select_related("share_class")}
    if {entry.member_class.code for entry in entries} - classes.keys():
        set_up_member_classes(by=by)
        classes = {one.code: one for one in MemberClass.objects.select_related("share_class")}
    return classes


def _known_rows(
    model: type[Person] | type[Organisation], holders: Sequence[Holder]
) -> dict[Holder, Any]:
    """Those of the holders whom we know, with their rows."""
    is_person = model is Person
    known = {one.known.key.id: one for one in holders if one.known and one.is_person == is_person}
    rows: dict[Holder, Any] = {}
    for some in _in_parts(list(known)):
        found = model._default_manager.select_related("party").in_bulk(some)
        rows |= {known[pk]: row for pk, row in found.items()}
    return rows


def _change_details(
    model: type[Person] | type[Organisation], changes: Sequence[Change], by: Actor
) -> None:
    """Write what changed of this kind of holder, those with the same columns together."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in (one for one in changes if one.key.is_person == (model is Person)):
        groups.setdefault(tuple(sorted(change.fields)), []).append(change)
    for fields, group in groups.items():
        rows = [model(pk=change.key.id, **change.fields) for change in group]
        model._default_manager.bulk_update(rows, fields, batch_size=AT_ONCE // len(fields) + 1)  # type: ignore[arg-type]
        audit.record_many(
            by, "members.change_contact", ((row, {"fields": list(fields)}) for row in rows)
        )


def _in_parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
