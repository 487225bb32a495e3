"""Questions over the register: members, officers, and evidence of eligibility."""

from __future__ import annotations

import datetime as dt
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
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Substr

from ledger import chart
from ledger.models import Posting
from members.querysets.people import living, rows_of
from members.querysets.shares import AT_PAR, PURCHASE_OWNER

if TYPE_CHECKING:
    from core.models import User
    from members.models import (
        Eligibility,
        Member,
        Office,
    )


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
            rows_of(self.model, "share_transactions")
            .filter(member=OuterRef("pk"), date__lte=date)
            .order_by()
            .values("member")
            .annotate(total=Sum("quantity"))
            .values("total")
        )
        return self.annotate(shares=Coalesce(Subquery(held), 0))

    def with_class(self, date: dt.date) -> MemberQuerySet:
        """Adds `class_then`: the id of the class each was in at the end of a day, by the moves."""
        moves = rows_of(self.model, "class_moves").filter(member=OuterRef("pk"))
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
            rows_of(self.model, "share_transactions")
            .filter(member=OuterRef("pk"), date__lte=date)
            .order_by()
            .values("member")
            .annotate(total=Sum(AT_PAR))
            .values("total")
        )
        # The party says first which few lines to look at: all others are never read.
        lines = self.unpaid_lines(date).filter(entry=OuterRef("pk")).order_by()
        gone = rows_of(rows_of(self.model, "person").model, "merged").filter(
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
        purchase = rows_of(self.model, "purchases").filter(pk=OuterRef("purchase"))
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

    def by_class_then(self) -> dict[int, int]:
        """Of `with_class`: id of the class of that day → how many."""
        return dict(self.order_by().values_list(F("class_then")).annotate(Count("pk")))

    def totals(self, date: dt.date) -> dict[int, tuple[int, int]]:
        """Id of the class of that day → (members, shares at the end of the day)."""
        then = self.with_class(date).order_by()
        members = then.by_class_then()
        held = dict(
            then.filter(share_transactions__date__lte=date)
            .values_list(F("class_then"))
            .annotate(Sum("share_transactions__quantity"))
        )
        return {class_id: (number, held.get(class_id, 0)) for class_id, number in members.items()}

    def owing_dues(self, first: dt.date, today: dt.date) -> MemberQuerySet:
        """Who is to be charged dues for a year from its first day: living members then and now,
        whose class of that day has dues in that month, and who were not charged for that day yet.

        Adds `class_then`, the class of that day.
        """
        classes = rows_of(self.model, "member_class").filter(
            yearly_dues__gt=0, dues_month=first.month
        )
        charged = rows_of(self.model, "dues").filter(
            member=OuterRef("pk"), kind="yearly", period_start__lte=first, period_end__gte=first
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


class EligibilityQuerySet(models.QuerySet["Eligibility"]):
    def counting_on(self, date: dt.date) -> EligibilityQuerySet:
        """Seen by a day, and counting on it."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=date), seen_on__lte=date)
