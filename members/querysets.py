"""Questions over the register, people and applications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.db import models
from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Lower, Substr

from ledger import chart
from ledger.models import Posting

if TYPE_CHECKING:
    from core.models import User
    from members.models import (
        Application,
        Authority,
        Consent,
        DataRequest,
        Eligibility,
        Letter,
        Member,
        Nomination,
        Office,
        Organisation,
        Person,
        Qualification,
        Representative,
        SharePurchase,
        ShareTransaction,
        Withdrawal,
    )


#: What the ledger calls the owner of orders that are for a purchase; their journals' source too.
PURCHASE_OWNER = "members.purchase"
#: What shares come to, in pounds: of transactions, purchases or requests.
AT_PAR: ExpressionWrapper = ExpressionWrapper(
    F("quantity") * F("share_class__par"),
    output_field=DecimalField(max_digits=14, decimal_places=2),
)


def _rows_of(model: type[models.Model], relation: str) -> Any:
    """The rows at the other end of a relation, with their own questions: the models import these
    questions, so that these cannot import the models."""
    return cast(Any, model._meta.get_field(relation)).related_model._default_manager


def living(path: str = "") -> Q:
    """Members who are organisations, or people of whom no death is noted; `path` leads to them."""
    return Q(**{f"{path}person__died_on__isnull": True})


class PersonQuerySet(models.QuerySet["Person"]):
    def found_by(self, text: str) -> PersonQuerySet:
        """By every word of the text: in the name, the town, the e-mail address or the postcode."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(town__icontains=word)
                | Q(email__icontains=word)
                | Q(postcode__icontains=word)
            )
        return found

    def like(
        self, *, first_name: str, last_name: str, born: dt.date | None, email: str
    ) -> PersonQuerySet:
        """Who may be the same human: the same e-mail address, or the same name and, where both
        are known, the same birthday."""
        same_day = Q(born=born) | Q(born__isnull=True) if born else Q()
        name = Q(first_name__iexact=first_name.strip(), last_name__iexact=last_name.strip())
        return self.filter(name & same_day | Q(email__iexact=email or None) & ~Q(email=""))

    def with_member_number(self, date: dt.date) -> PersonQuerySet:
        """Adds `member_number`, of whoever is in the register on a day."""
        memberships = _rows_of(self.model, "memberships")
        now = memberships.active_on(date).filter(person=OuterRef("pk"))
        return self.annotate(member_number=Subquery(now.values("number")[:1]))

    def maybe(self, applications: Iterable[Application]) -> PersonQuerySet:
        """Everyone who could be one of the applicants: the same e-mail, or name and birthday."""
        emails, names = set(), Q(pk__in=[])
        for application in applications:
            if application.email:
                emails.add(application.email.lower())
            if application.born and application.last_name:
                names |= Q(
                    first_name__iexact=application.first_name,
                    last_name__iexact=application.last_name,
                    born=application.born,
                )
        return self.annotate(email_lower=Lower("email")).filter(Q(email_lower__in=emails) | names)

    def named(self, name: str) -> PersonQuerySet:
        """Everybody whose first and last name together read so."""
        whole = Concat("first_name", Value(" "), "last_name")
        return self.alias(whole=Lower(whole)).filter(whole=" ".join(name.lower().split()))


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    def active_on(self, date: dt.date) -> RepresentativeQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def found_by(self, text: str) -> OrganisationQuerySet:
        """By every word of the text, in the name or the town."""
        found = self
        for word in text.split():
            found = found.filter(Q(name__icontains=word) | Q(town__icontains=word))
        return found

    def with_member_number(self, date: dt.date) -> OrganisationQuerySet:
        """Adds `member_number`, of whichever is in the register on a day."""
        memberships = _rows_of(self.model, "memberships")
        now = memberships.active_on(date).filter(organisation=OuterRef("pk"))
        return self.annotate(member_number=Subquery(now.values("number")[:1]))


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def active_on(self, date: dt.date) -> AuthorityQuerySet:
        """What holds on a day, its first and last included.

        One that somebody ended holds no more on the day of the end; all end with a death.
        """
        last = Q(until__isnull=True) | Q(until__gt=date) | Q(until=date, ended_because="")
        living = Q(person__died_on__isnull=True) | Q(person__died_on__gt=date)
        return self.filter(last, living, since__lte=date)

    def not_over_on(self, date: dt.date) -> AuthorityQuerySet:
        """What holds on a day or will later."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gt=date) | Q(until=date, ended_because="")
        )

    def with_standing(self, date: dt.date) -> AuthorityQuerySet:
        """Adds `holds`: whether it holds on a day. Those that hold come first."""
        holding = self.model._default_manager.active_on(date).filter(pk=OuterRef("pk"))
        return self.annotate(holds=Exists(holding)).order_by("-holds", "-since", "-pk")

    def covering(
        self, person: Person | int, by: Person | int, scope: str, date: dt.date
    ) -> AuthorityQuerySet:
        """The authorities by which `by` may act for `person` in matters of `scope` on a day."""
        held = self.active_on(date).filter(person=person, by=by)
        # SQLite cannot ask what a JSON list holds: its text can, and codes hold no quotes.
        return held.annotate(scope_text=Cast("scope", TextField())).filter(
            scope_text__contains=f'"{scope}"'
        )


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self, person: Person | int) -> dict[str, Consent]:
        """Purpose → what counts now: the newest event. A purpose never asked about is left out."""
        newest: dict[str, Consent] = {}
        for consent in self.filter(person=person).order_by("-at", "-pk"):
            newest.setdefault(consent.purpose, consent)
        return newest

    def agreed(self, purpose: str) -> set[int]:
        """Ids of the people whose newest word on a purpose is yes."""
        newest: dict[int, bool] = {}
        for person, given in (
            self.filter(purpose=purpose).order_by("at", "pk").values_list("person", "given")
        ):
            newest[person] = given
        return {person for person, given in newest.items() if given}


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def open(self) -> DataRequestQuerySet:
        return self.filter(state__in=["asked", "making", "ready"])

    def open_first(self) -> DataRequestQuerySet:
        """What is open, the soonest due first; then what is closed."""
        is_closed = Q(state__in=["given", "called_off"])
        return self.annotate(closed=Case(When(is_closed, then=1), default=0)).order_by(
            "closed", "due_on", "pk"
        )


class LetterQuerySet(models.QuerySet["Letter"]):
    def with_recipient(self) -> LetterQuerySet:
        return self.select_related("person", "organisation", "application__member_class")

    def waiting(self) -> LetterQuerySet:
        return self.filter(state="waiting")

    def for_the_printer(self) -> LetterQuerySet:
        """Whose reader reads print in English, large or not: nothing to prepare by hand."""
        return self.exclude(
            Q(person__format__in=["easy", "audio"])
            | Q(person__signs=True)
            | Q(person__language__gt="")
        )

    def to_post(self) -> LetterQuerySet:
        """Printed, and not yet noted as posted."""
        return self.filter(state="printed")


class ShareTransactionQuerySet(models.QuerySet["ShareTransaction"]):
    def up_to(self, date: dt.date) -> ShareTransactionQuerySet:
        """What counts at the end of a day."""
        return self.filter(date__lte=date)

    def shares(self) -> int:
        """How many shares these come to."""
        return int(self.aggregate(total=Sum("quantity"))["total"] or 0)

    def withdrawable_pence(self) -> int:
        """What those of withdrawable classes come to at par."""
        return _withdrawable_pence(self)

    def holdings(self) -> dict[int, dict[int, int]]:
        """Id of the member → id of the share class → how many shares these come to."""
        held: dict[int, dict[int, int]] = {}
        rows = self.order_by().values_list("member", "share_class").annotate(Sum("quantity"))
        for member, share_class, quantity in rows:
            held.setdefault(member, {})[share_class] = quantity
        return held


class SharePurchaseQuerySet(models.QuerySet["SharePurchase"]):
    def not_issued(self) -> SharePurchaseQuerySet:
        return self.filter(issued__isnull=True, order__cancelled_at__isnull=True)

    def withdrawable_pence(self) -> int:
        """What those of withdrawable classes come to at par."""
        return _withdrawable_pence(self)


def _withdrawable_pence(rows: models.QuerySet[Any]) -> int:
    pounds = rows.filter(share_class__withdrawable=True).aggregate(total=Sum(AT_PAR))["total"]
    return int((pounds or 0) * 100)


class MemberQuerySet(models.QuerySet["Member"]):
    def active_on(self, date: dt.date) -> MemberQuerySet:
        """Everyone in the register on `date`: entered by then and not yet ceased."""
        return self.filter(Q(ceased__isnull=True) | Q(ceased__gt=date), joined__lte=date)

    def next_number(self) -> int:
        """The number after the highest ever given: gaps are never filled."""
        return (self.aggregate(highest=Max("number"))["highest"] or 0) + 1

    def found_by(self, text: str) -> MemberQuerySet:
        """By register number, or by every word of the text in the member's name."""
        found = self
        for word in text.split():
            if word.isdecimal():
                found = found.filter(number=int(word)) if len(word) < 10 else found.none()
            else:
                found = found.filter(
                    Q(person__first_name__icontains=word)
                    | Q(person__last_name__icontains=word)
                    | Q(organisation__name__icontains=word)
                )
        return found

    def with_shares(self, date: dt.date) -> MemberQuerySet:
        """Adds `shares`: how many each held at the end of a day."""
        held = (
            _rows_of(self.model, "share_transactions")
            .filter(member=OuterRef("pk"), date__lte=date)
            .order_by()
            .values("member")
            .annotate(total=Sum("quantity"))
            .values("total")
        )
        return self.annotate(shares=Coalesce(Subquery(held), 0))

    def with_class(self, date: dt.date) -> MemberQuerySet:
        """Adds `class_then`: the id of the class each was in at the end of a day, by the moves."""
        moves = _rows_of(self.model, "class_moves").filter(member=OuterRef("pk"))
        last = moves.filter(date__lte=date).order_by("-date").values("entered")[:1]
        following = moves.filter(date__gt=date).order_by("date").values("left")[:1]
        return self.annotate(
            class_then=Coalesce(
                Subquery(last),
                Subquery(following),
                F("member_class"),
                output_field=models.BigIntegerField(),
            )
        )

    def in_register(self, date: dt.date) -> MemberQuerySet:
        """Members on a day, and those who had ceased by then and still held shares.

        Adds `shares`, as `with_shares` does.
        """
        active = Q(ceased__isnull=True) | Q(ceased__gt=date)
        return self.with_shares(date).filter(active | Q(shares__gt=0), joined__lte=date)

    def with_evidence(self, date: dt.date) -> MemberQuerySet:
        """Adds, for the class each is in now: `has_evidence`, whether something that was seen still
        counts on a day; `ran_out`, the last day of what counted before; `ground_ended`, whether
        somebody noted that the ground itself has ended."""
        evidence: Any = self.model._meta.get_field("eligibility").related_model
        seen = evidence.objects.filter(
            member=OuterRef("pk"), member_class=OuterRef("member_class"), seen_on__lte=date
        )
        return self.annotate(
            has_evidence=Exists(seen.counting_on(date)),
            ran_out=Subquery(seen.filter(until__lt=date).order_by("-until").values("until")[:1]),
            ground_ended=Exists(seen.filter(until__lt=date).exclude(ended_because="")),
        )

    def lacking_evidence(self, date: dt.date) -> MemberQuerySet:
        """Members of classes that ask for evidence, for whom nothing counts on a day.

        Not those whose ground has ended in a class in which they stay all the same.
        """
        asks = ~Q(member_class__evidence="")
        stays = Q(ground_ended=True, member_class__on_lapse="keeps")
        lacking = self.active_on(date).with_evidence(date).filter(asks, Q(has_evidence=False))
        return lacking.exclude(stays)

    def ground_ended(self) -> MemberQuerySet:
        """Of those who lack evidence: somebody noted that the ground itself has ended."""
        return self.filter(Q(ground_ended=True))

    def evidence_ran_out(self) -> MemberQuerySet:
        """Of those who lack evidence: something was seen, and counts no more."""
        return self.filter(Q(ground_ended=False, ran_out__isnull=False))

    def evidence_never_seen(self) -> MemberQuerySet:
        """Of those who lack evidence: nothing was ever noted."""
        return self.filter(Q(ground_ended=False, ran_out__isnull=True))

    def standing(self, who: str, date: dt.date) -> MemberQuerySet:
        """As the register's filter asks: "members" of a day, "former" ones, "all" ever entered,
        or else whoever was a member or still held shares."""
        if who == "members":
            return self.active_on(date)
        if who == "former":
            return self.filter(ceased__lte=date)
        return self.filter(joined__lte=date) if who == "all" else self.in_register(date)

    def with_newer(self, date: dt.date) -> MemberQuerySet:
        """Adds `is_older`: whether the same holder was entered again, under a later number."""
        return self.annotate(is_older=self._entered_again(date))

    def _entered_again(self, date: dt.date) -> Exists:
        same = Q(person=OuterRef("person")) | Q(organisation=OuterRef("organisation"))
        later = self.model._default_manager.filter(
            same, number__gt=OuterRef("number"), joined__lte=date
        )
        return Exists(later)

    def with_amount_paid(self, date: dt.date) -> MemberQuerySet:
        """Adds `at_par`, pounds that the shares of a day come to, and `unpaid_pence` of them.

        What was paid is the one less the other: `Member.amount_paid` says it in pounds.
        """
        pounds: DecimalField = DecimalField(max_digits=14, decimal_places=2)
        held = (
            _rows_of(self.model, "share_transactions")
            .filter(member=OuterRef("pk"), date__lte=date)
            .order_by()
            .values("member")
            .annotate(total=Sum(AT_PAR))
            .values("total")
        )
        # The party says first which few lines to look at: all others are never read.
        lines = self.unpaid_lines(date).filter(entry=OuterRef("pk")).order_by()
        gone = _rows_of(_rows_of(self.model, "person").model, "merged").filter(
            kept=OuterRef(OuterRef("person"))
        )
        unpaid = [
            Coalesce(Subquery(found.values("account").annotate(n=Sum("pence")).values("n")), 0)
            for found in (
                lines.filter(party=OuterRef("holder_party")),
                lines.filter(party__in=gone.values("party")),
            )
        ]
        return self.alias(holder_party=Coalesce("person__party", "organisation__party")).annotate(
            at_par=Coalesce(Subquery(held), Value(0, output_field=pounds)),
            unpaid_pence=ExpressionWrapper(
                unpaid[0] + unpaid[1], output_field=models.BigIntegerField()
            ),
        )

    def unpaid_lines(self, date: dt.date) -> Any:  # the type checker does not see annotations
        """All that stands in "shares not paid for" at the end of a day, and whose it is.

        Adds `purchase`, which the journal names, `bought`, the class of its shares, and `entry`,
        the entry that bought them. A line that names no purchase, written by hand or by a merge, is
        about the newest entry of whoever it is: so the two halves of a merge come to nothing.
        """
        named = f"{PURCHASE_OWNER}:"
        pk = Cast(Substr("journal__source", len(named) + 1), models.BigIntegerField())
        purchase = _rows_of(self.model, "purchases").filter(pk=OuterRef("purchase"))
        newest = self.model._default_manager.filter(joined__lte=date).order_by("-number")
        holders = ("person__party", "organisation__party", "person__merged__party")
        return (
            Posting.objects.up_to(date)
            .filter(account=chart.SHARES_UNPAID)
            .annotate(purchase=Case(When(journal__source__startswith=named, then=pk)))
            .annotate(
                bought=Subquery(purchase.values("share_class")),
                entry=Coalesce(
                    Subquery(purchase.values("member")),
                    *(
                        Subquery(newest.filter(**{holder: OuterRef("party")}).values("pk")[:1])
                        for holder in holders
                    ),
                    output_field=models.BigIntegerField(),
                ),
            )
        )

    def in_class_then(self, classes: Any) -> MemberQuerySet:
        """Of `with_class`: those who were in one of these classes (ids, or a query of them)."""
        return cast(Any, self).filter(class_then__in=classes)  # type: ignore[no-any-return]

    def totals(self, date: dt.date) -> dict[int, tuple[int, int]]:
        """Id of the class of that day → (members, shares at the end of the day)."""
        then = self.with_class(date).order_by()
        members = dict(then.values_list(F("class_then")).annotate(Count("pk")))
        held = dict(
            then.filter(share_transactions__date__lte=date)
            .values_list(F("class_then"))
            .annotate(Sum("share_transactions__quantity"))
        )
        return {class_id: (number, held.get(class_id, 0)) for class_id, number in members.items()}

    def owing_dues(self, first: dt.date, today: dt.date) -> MemberQuerySet:
        """Who is to be charged dues for a year from its first day: living members then and now,
        whose class of that day has dues in that month, and who were not charged yet.

        Adds `class_then`, the class of that day.
        """
        classes = _rows_of(self.model, "member_class").filter(
            yearly_dues__gt=0, dues_month=first.month
        )
        charged = _rows_of(self.model, "dues").filter(
            member=OuterRef("pk"), kind="yearly", period_start=first
        )
        return (
            self.active_on(first)
            .active_on(today)
            .filter(living(), ~Exists(charged))
            .with_class(first)
            .in_class_then(classes.values("pk"))
        )

    def of_user(self, user: User, date: dt.date) -> MemberQuerySet:
        """The user's own memberships, and those of organisations they act for on `date`."""
        acts = Q(organisation__representatives__since__lte=date) & (
            Q(organisation__representatives__until__isnull=True)
            | Q(organisation__representatives__until__gte=date)
        )
        return self.filter(
            Q(person__user=user) | Q(organisation__representatives__person__user=user) & acts
        ).distinct()


class OfficeQuerySet(models.QuerySet["Office"]):
    def standing(self) -> OfficeQuerySet:
        """What the register holds: not what was entered by mistake."""
        return self.filter(struck_on__isnull=True)

    def held_from(self, date: dt.date) -> OfficeQuerySet:
        """Those not yet left on a day, begun by then or later."""
        return self.standing().filter(Q(until__isnull=True) | Q(until__gte=date))

    def held_on(self, date: dt.date) -> OfficeQuerySet:
        return self.held_from(date).filter(since__lte=date)

    def begun_by(self, date: dt.date) -> OfficeQuerySet:
        """Everybody who had taken up an office by a day, those who had left it too."""
        return self.standing().filter(since__lte=date)


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def active_on(self, date: dt.date) -> QualificationQuerySet:
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), since__lte=date)


class WithdrawalQuerySet(models.QuerySet["Withdrawal"]):
    def open(self) -> WithdrawalQuerySet:
        """Neither paid, refused nor taken back: their shares are spoken for."""
        return self.filter(state__in=["asked", "agreed", "paying"])

    def in_turn(self) -> WithdrawalQuerySet:
        """The queue: what the board agreed to, in order of agreement."""
        return self.filter(state="agreed").order_by("decided_on", "asked_on", "pk")

    def shares(self) -> int:
        """How many shares these ask for."""
        return int(self.aggregate(total=Sum("quantity"))["total"] or 0)


class NominationQuerySet(models.QuerySet["Nomination"]):
    def in_force(self, date: dt.date) -> NominationQuerySet:
        """Received by a day, and neither replaced nor revoked by then."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=date), received_on__lte=date)


class EligibilityQuerySet(models.QuerySet["Eligibility"]):
    def counting_on(self, date: dt.date) -> EligibilityQuerySet:
        """Seen by a day, and counting on it."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), seen_on__lte=date)


class ApplicationQuerySet(models.QuerySet["Application"]):
    def waiting(self) -> ApplicationQuerySet:
        """Handed in and not yet decided, oldest first."""
        return self.filter(state="submitted").order_by("submitted_at", "pk")

    def open_for(self, email: str) -> ApplicationQuerySet:
        """Not yet decided, under this e-mail address, newest first."""
        return self.filter(email__iexact=email, state__in=["draft", "submitted"]).order_by("-pk")

    def shown_to(self, email: str, now: dt.datetime) -> ApplicationQuerySet:
        """What a code sent to this e-mail address opens, newest first: those not yet decided, and
        for a year those that were refused or taken back. Who was admitted signs in."""
        decided = Q(
            state__in=["refused", "withdrawn"], submitted_at__gt=now - dt.timedelta(days=365)
        )
        ours = self.filter(Q(state__in=["draft", "submitted"]) | decided, email__iexact=email)
        return ours.order_by("-pk")

    def twins_of(self, application: Application) -> ApplicationQuerySet:
        """Others that wait for the board, of somebody with the same e-mail address, name and date
        of birth (and, where it is for one, the same organisation)."""
        return (
            self.waiting()
            .exclude(pk=application.pk)
            .filter(
                email__iexact=application.email,
                first_name__iexact=application.first_name,
                last_name__iexact=application.last_name,
                born=application.born,
                organisation_name__iexact=application.organisation_name,
            )
        )
