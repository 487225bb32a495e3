"""Questions over meetings, notices, votes and results."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, TypeVar

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from core.models import User
    from governance.models import Body, Election, Meeting, Notice, Result, Seat

Row = TypeVar("Row", bound=models.Model)


class BodyQuerySet(models.QuerySet["Body"]):
    def standing(self) -> BodyQuerySet:
        """Those that still meet."""
        return self.filter(ended_on__isnull=True)

    def visible_to(self, user: User, day: dt.date) -> BodyQuerySet:
        """The secretary sees all, members their general meeting, and who sits on one sees it."""
        if user.has_perm("governance.arrange_meeting"):
            return self
        mine = Q(
            pk__in=self.model._meta.get_field("seats")
            .related_model.objects.held_on(day)  # type: ignore[union-attr]
            .filter(person__user=user)
            .values("body")
        )
        return self.filter(mine | Q(kind="general") if user.has_perm("governance.vote") else mine)


class SeatQuerySet(models.QuerySet["Seat"]):
    def standing(self) -> SeatQuerySet:
        """Not those entered by mistake."""
        return self.filter(struck_on__isnull=True)

    def held_from(self, day: dt.date) -> SeatQuerySet:
        """Those that had not ended on a day, begun by then or later."""
        return self.standing().filter(Q(until__isnull=True) | Q(until__gte=day))

    def held_on(self, day: dt.date) -> SeatQuerySet:
        return self.held_from(day).filter(since__lte=day)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> MeetingQuerySet:
        """The secretary sees all, members what has been called, tellers where they count."""
        if user.has_perm("governance.arrange_meeting"):
            return self
        mine = Q(pk__in=self.filter(tellers__user=user).values("pk"))
        if user.has_perm("governance.vote"):
            return self.filter(mine | ~Q(state="draft"))
        return self.filter(mine)

    def upcoming(self) -> MeetingQuerySet:
        """Not over yet, the next one first."""
        return self.exclude(state="closed").order_by("starts_at", "pk")

    def past(self) -> MeetingQuerySet:
        return self.filter(state="closed").order_by("-starts_at", "-pk")

    def with_notices_waiting(self) -> MeetingQuerySet:
        """Called, with e-mails that have not gone to the outbox."""
        return self.filter(notice_job__state__in=["waiting", "running"])


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting_for_email(self) -> NoticeQuerySet:
        return self.filter(way="email", sent_on__isnull=True)

    def by_post(self) -> NoticeQuerySet:
        return self.filter(way="post")


class ElectionQuerySet(models.QuerySet["Election"]):
    def visible_to(self, user: User) -> ElectionQuerySet:
        """The secretary and the meeting's tellers see all; members from the day voting opens."""
        if user.has_perm("governance.run_election"):
            return self
        mine = Q(pk__in=self.filter(meeting__tellers__user=user).values("pk"))
        if user.has_perm("governance.vote"):
            return self.filter(mine | ~Q(state__in=["draft", "rolled"]))
        return self.filter(mine)

    def open_at(self, now: dt.datetime) -> ElectionQuerySet:
        """Taking votes at this moment."""
        return self.filter(state="open", closes_at__gt=now)

    def due_to_close(self, now: dt.datetime) -> ElectionQuerySet:
        return self.filter(state="open", closes_at__lte=now)


class ResultQuerySet(models.QuerySet["Result"]):
    def published(self) -> ResultQuerySet:
        """What everybody may know, the newest first."""
        return self.filter(published_at__isnull=False).select_related("election__meeting")

    def visible_to(self, user: User) -> ResultQuerySet:
        """Members see what is published; secretary and tellers what has been counted."""
        if user.has_perm("governance.run_election"):
            return self
        mine = Q(pk__in=self.filter(election__meeting__tellers__user=user).values("pk"))
        if user.has_perm("governance.vote"):
            return self.filter(mine | Q(published_at__isnull=False))
        return self.filter(mine)


class RollQuerySet(models.QuerySet[Row]):
    def voted(self) -> RollQuerySet[Row]:
        return self.filter(state="voted")
