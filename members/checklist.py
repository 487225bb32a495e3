"""Turns applications into the plain facts that the rules of admission work on."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from django.db.models import Sum
from django.db.models.functions import Lower

from core.models import PrivateFile
from ledger.models import Order, Payment
from ledger.money import pence_of
from members import rules
from members.models import (
    Application,
    Member,
    MemberClass,
    Organisation,
    Person,
    ShareClass,
    SharePurchase,
    ShareTransaction,
    SocietyRules,
)
from members.querysets import AT_PAR
from members.rules.grounds import Ground
from members.support import periods_of

#: Under this kind core keeps the files that came with an application.
FILE_OWNER = "application"


@dataclass(frozen=True)
class Standing:
    """One application, its checklist today, and who the applicant may be."""

    application: Application
    applicant: rules.Applicant
    checks: list[rules.Check]

    @property
    def stops(self) -> list[rules.Check]:
        return rules.stops(self.checks)


def standings(applications: Sequence[Application], today: dt.date) -> list[Standing]:
    """The checklists of many applications in a fixed number of queries.

    Each application's `member_class` should be selected with it.
    """
    people = list(Person.objects.maybe(applications))
    known = {person.pk: person for person in people}
    unseen = {a.known_person_id for a in applications if a.known_person_id} - known.keys()
    known |= {person.pk: person for person in Person.objects.filter(pk__in=unseen)}
    numbers = dict(
        Member.objects.active_on(today).filter(person__in=known).values_list("person", "number")
    )
    files = Counter(
        PrivateFile.objects.filter(
            owner_kind=FILE_OWNER, owner_id__in=[a.pk for a in applications]
        ).values_list("owner_id", flat=True)
    )
    organisations = dict(
        Member.objects.active_on(today)
        .annotate(name_lower=Lower("organisation__name"))
        .filter(
            name_lower__in=[a.organisation_name.lower() for a in applications if a.for_organisation]
        )
        .values_list("name_lower", "number")
    )
    society = SocietyRules.current()
    share_classes = ShareClass.objects.in_bulk(field_name="code")
    paying = _paying(applications, society)
    held = withdrawable_pence_of(
        [a.known_person_id for a in applications if a.known_person_id], today
    )
    bodies = _known_bodies(applications, today)
    support = periods_of(
        {a.known_person_id for a in applications if a.known_person_id and _ground(a)}
    )
    waiting = list(Application.objects.waiting())
    result = []
    for application in applications:
        applicant = _applicant(
            application,
            tuple(_match(p, numbers) for p in people if _alike(application, p)),
            _match(known[application.known_person_id], numbers)
            if application.known_person_id
            else None,
            files[application.pk],
            organisations.get(application.organisation_name.lower()),
        )
        applicant = replace(
            applicant,
            twin=_twin(application, waiting),
            paying=paying[application.pk],
            ground=_ground(application),
            support=tuple(support.get(application.known_person_id or 0, ())),
            buying=_buying(
                application,
                bodies.get(application.organisation_name.lower(), _Body())
                if application.for_organisation
                else _Body(held.get(application.known_person_id or 0, 0)),
                society,
                share_classes,
            ),
        )
        checks = rules.checklist(applicant, today)
        result.append(Standing(application, applicant, checks))
    return result


def withdrawable_pence_of(people: Sequence[int], today: dt.date) -> dict[int, int]:
    """Id of the person → what their withdrawable shares come to, whatever the membership."""
    return _withdrawable("member__person", people, today)


def _withdrawable(holder: str, ids: Sequence[int], today: dt.date) -> dict[int, int]:
    held = ShareTransaction.objects.up_to(today).filter(
        **{f"{holder}__in": ids}, share_class__withdrawable=True
    )
    rows = held.order_by().values(holder).annotate(pounds=Sum(AT_PAR))
    return {row[holder]: int(row["pounds"] * 100) for row in rows}


@dataclass(frozen=True)
class _Body:
    """What the limit on withdrawable shares asks of an applicant: what an earlier membership still
    holds, in pence, and whether it is itself a registered society."""

    held: int = 0
    is_society: bool = False


def _known_bodies(applications: Sequence[Application], today: dt.date) -> dict[str, _Body]:
    """Name in small letters → the organisation of that name, which would be the member."""
    names = [a.organisation_name.lower() for a in applications if a.for_organisation]
    if not names:
        return {}
    found = Organisation.objects.annotate(name_lower=Lower("name")).filter(name_lower__in=names)
    rows = list(found.values_list("name_lower", "pk", "is_society"))
    held = _withdrawable("member__organisation", [pk for _name, pk, _is in rows], today)
    return {name: _Body(held.get(pk, 0), is_society) for name, pk, is_society in rows}


def standing(application: Application, today: dt.date) -> Standing:
    """One application's checklist."""
    return standings([application], today)[0]


def class_rules(member_class: MemberClass) -> rules.ClassRules:
    """What this class asks, as plain facts."""
    return rules.ClassRules(
        name=member_class.name,
        evidence=member_class.evidence,
        minimum_age=member_class.minimum_age,
        minimum_shares=member_class.minimum_shares,
        maximum_shares=member_class.maximum_shares,
        for_organisations=member_class.for_organisations,
    )


def _paying(applications: Sequence[Application], society: SocietyRules) -> dict[int, rules.Paying]:
    """Id of the application → how its money stands."""
    purchases = SharePurchase.objects.filter(application__in=applications)
    order_of = dict(purchases.values_list("application", "order"))
    orders = Order.objects.with_paid().in_bulk(order_of.values())
    coming = dict(
        Payment.objects.filter(order__in=orders, state=Payment.State.PROCESSING)
        .order_by()
        .values_list("order")
        .annotate(Sum("amount"))
    )
    first = society.shares_paid_first
    found = {}
    for application in applications:
        order = orders.get(order_of.get(application.pk, 0))
        found[application.pk] = rules.Paying(asked=0, first=first)
        if order is not None and not order.is_cancelled:
            found[application.pk] = rules.Paying(
                asked=pence_of(order.amount),
                came=pence_of(order.paid_so_far),
                coming=int(coming.get(order.pk, 0) * 100),
                first=first,
            )
    return found


def _buying(
    application: Application,
    body: _Body,
    society: SocietyRules,
    share_classes: Mapping[str, ShareClass],
) -> rules.Buying | None:
    """What decides on the limit of one person or body."""
    wanted = application.member_class
    if wanted is None:
        return None
    share_class = share_classes[str(wanted.share_class_id)]
    return rules.Buying(
        wanted=class_rules(wanted),
        quantity=application.shares,
        par=pence_of(share_class.par),
        withdrawable=share_class.withdrawable,
        most_pence=pence_of(society.most_shares_value),
        withdrawable_pence=body.held,
        is_society=body.is_society,
    )


def _ground(application: Application) -> Ground | None:
    """The support that the class asks for, if it asks for any."""
    wanted = application.member_class
    if wanted is None or not (wanted.ground_months or wanted.ground_hours_a_week):
        return None
    return Ground(wanted.ground_months, wanted.ground_hours_a_week)


def _match(person: Person, numbers: dict[int, int]) -> rules.Match:
    return rules.Match(person.pk, str(person), numbers.get(person.pk))


def _alike(application: Application, person: Person) -> bool:
    """The same e-mail address, or the same name and date of birth."""
    if application.email and application.email.lower() == person.email.lower():
        return True
    return (
        application.born is not None
        and application.born == person.born
        and application.person_name.lower() == str(person).lower()
    )


def _twin(application: Application, waiting: Sequence[Application]) -> str:
    """The reference of an earlier application, among those that wait, that may be of the same
    person: as likely as that person will be, once that one is admitted."""
    for other in takewhile(lambda one: one.pk != application.pk, waiting):
        if application.known_person_id and other.known_person_id:
            same = application.known_person_id == other.known_person_id
        else:
            born = application.born is not None and application.born == other.born
            name = application.person_name.lower() == other.person_name.lower()
            email = application.email and application.email.lower() == other.email.lower()
            same = bool(email) or (born and name)
        if same:
            return other.reference
    return ""


def _applicant(
    application: Application,
    matches: tuple[rules.Match, ...],
    known_as: rules.Match | None,
    files: int,
    organisation_number: int | None,
) -> rules.Applicant:
    wanted = application.member_class
    return rules.Applicant(
        member_class=class_rules(wanted) if wanted else None,
        first_name=application.first_name,
        last_name=application.last_name,
        organisation_name=application.organisation_name,
        born=application.born,
        address_line_1=application.address_line_1,
        town=application.town,
        postcode=application.postcode,
        evidence=application.evidence,
        files=files,
        shares=application.shares,
        agreed_to_rules=application.agreed_to_rules_at is not None,
        matches=matches,
        known_as=known_as,
        somebody_new=application.somebody_new,
        organisation_number=organisation_number if application.for_organisation else None,
    )
