"""Questions over people supported, links, agreements and visits. "Now" is always given."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q

from services.rules import Group, grounds_that_see

if TYPE_CHECKING:
    from core.models import User
    from services.models import AccessLink, AgreementVersion, Pause, PersonSupported, Visit

Rows = TypeVar("Rows", bound=models.QuerySet)


def _live(now: dt.datetime, prefix: str = "") -> Q:
    """True while a link holds: from `since` on, and before `until`."""
    open_ended = Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gt": now})
    return open_ended & Q(**{f"{prefix}since__lte": now})


def _linked(rows: Rows, path: str, user: User, now: dt.datetime, group: Group) -> Rows:
    """The rows whose person `user` has a live link to, on a ground that opens `group`.

    A subquery, so that somebody with two links to a person still sees each row once.
    """
    reached = rows.model._default_manager.filter(
        _live(now, f"{path}access_links__"),
        **{
            f"{path}access_links__user": user,
            f"{path}access_links__ground__in": grounds_that_see(group),
        },
    )
    return rows.filter(pk__in=reached.values("pk"))


class AccessLinkQuerySet(models.QuerySet["AccessLink"]):
    def active_at(self, now: dt.datetime) -> AccessLinkQuerySet:
        return self.filter(_live(now))

    def not_over_at(self, now: dt.datetime) -> AccessLinkQuerySet:
        """Links that hold now or will."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=now))


class PersonSupportedQuerySet(models.QuerySet["PersonSupported"]):
    def visible_to(
        self, user: User, now: dt.datetime, group: Group = Group.IDENTITY
    ) -> PersonSupportedQuerySet:
        """Those whose record this user may open now, as far as `group` goes."""
        return _linked(self, "person__", user, now, group)

    def with_standing(self, now: dt.datetime, monday: dt.date) -> PersonSupportedQuerySet:
        """Each with `agreement_state`, `has_draft`, `visits_this_week` and `next_visit`."""
        own = {"person_supported": models.OuterRef("pk")}
        agreements = apps.get_model("services", "Agreement")._default_manager
        visits = apps.get_model("services", "Visit")._default_manager
        planned = visits.filter(state="planned", **own).order_by()
        week = planned.filter(date__gte=monday, date__lt=monday + dt.timedelta(7))
        counted = week.values("person_supported").annotate(n=models.Count("pk")).values("n")
        current = agreements.filter(**own).exclude(state="ended").order_by()
        upcoming = planned.filter(starts_at__gt=now).order_by("starts_at")
        return self.annotate(
            agreement_state=models.Subquery(current.values("state")[:1]),
            has_draft=models.Exists(current.filter(versions__state="draft")),
            visits_this_week=models.Subquery(counted),
            next_visit=models.Subquery(upcoming.values("starts_at")[:1]),
        )

    def matching(self, text: str) -> PersonSupportedQuerySet:
        """Those whose name, town or postcode holds every word of `text`."""
        rows = self
        for word in text.split():
            rows = rows.filter(
                Q(person__first_name__icontains=word)
                | Q(person__last_name__icontains=word)
                | Q(person__town__icontains=word)
                | Q(person__postcode__icontains=word)
            )
        return rows


class AgreementVersionQuerySet(models.QuerySet["AgreementVersion"]):
    def in_force_between(self, first: dt.date, last: dt.date) -> AgreementVersionQuerySet:
        """Agreed versions that count on at least one day from `first` to `last`."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=first),
            Q(agreement__last_day__isnull=True) | Q(agreement__last_day__gte=first),
            state="agreed",
            since__lte=last,
        )

    def standing_on(self, today: dt.date) -> AgreementVersionQuerySet:
        """Agreed versions that are not over, the earliest first: what counts today leads, or else
        what will next."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=today) & Q(until__gte=models.F("since")),
            Q(agreement__last_day__isnull=True) | Q(agreement__last_day__gte=today),
            state="agreed",
        ).order_by("since", "number")


class PauseQuerySet(models.QuerySet["Pause"]):
    def touching(self, first: dt.date, last: dt.date) -> PauseQuerySet:
        """Pauses that share a day with `first` to `last`."""
        return self.filter(Q(last_day__isnull=True) | Q(last_day__gte=first), first_day__lte=last)


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(
        self, user: User, now: dt.datetime, group: Group = Group.VISITS
    ) -> VisitQuerySet:
        """Visits of the people whose visits this user may see now."""
        return _linked(self, "person_supported__person__", user, now, group)

    def between(self, start: dt.datetime, end: dt.datetime) -> VisitQuerySet:
        """Visits that start at or after `start` and before `end`."""
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def planned(self) -> VisitQuerySet:
        return self.filter(state="planned")
