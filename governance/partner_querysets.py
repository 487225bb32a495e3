"""Questions over partnerships of equals: who speaks for whom, and who may see what."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from core.models import User
    from governance.models import (
        Asked,
        Body,
        CitizenNote,
        Delegate,
        Partner,
        PartnerAction,
        PartnerQuestion,
        PartnerVote,
    )


class PartnerQuerySet(models.QuerySet["Partner"]):
    def standing(self) -> PartnerQuerySet:
        """Those that have not left."""
        return self.filter(left__isnull=True)

    def with_names(self) -> PartnerQuerySet:
        return self.select_related("organisation", "citizens")

    def of_delegate(self, user: User, day: dt.date) -> PartnerQuerySet:
        """Those for which this user may speak on a day."""
        delegates: Any = self.model._meta.get_field("delegates").related_model
        held = delegates.objects.held_on(day).filter(person__user=user)
        return self.standing().filter(pk__in=held.values("partner"))


class DelegateQuerySet(models.QuerySet["Delegate"]):
    def noted_from(self, day: dt.date) -> DelegateQuerySet:
        """Those whose time had not ended on a day, begun by then or later."""
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=day), partner__left__isnull=True
        ).select_related("partner__body", "partner__organisation", "partner__citizens")

    def across(self, group: Body | models.OuterRef) -> DelegateQuerySet:
        """Those who speak for another partner than citizens, in a partnership with that group."""
        partners: Any = self.model._meta.get_field("partner").related_model
        beside = partners.objects.standing().filter(citizens=group).values("body")
        return self.filter(partner__citizens__isnull=True, partner__body__in=beside)

    def held_on(self, day: dt.date) -> DelegateQuerySet:
        """Those who may speak on a day. For citizens: who sits on the group on that day, and speaks
        for no other partner beside it; also where nobody has noted yet that they do not.
        """
        seats: Any = apps.get_model("governance", "Seat")
        sits = seats.objects.held_on(day).filter(
            body=OuterRef("partner__citizens"), person=OuterRef("person")
        )
        across = (
            self.model.objects.noted_from(day)
            .filter(since__lte=day, person=OuterRef("person"))
            .across(OuterRef(OuterRef("partner__citizens")))
        )
        of_citizens = Exists(sits) & ~Exists(across)
        return self.noted_from(day).filter(
            Q(partner__citizens__isnull=True) | of_citizens, since__lte=day
        )


class AskedQuerySet(models.QuerySet["Asked"]):
    def between(self, first: dt.date, after: dt.date) -> AskedQuerySet:
        """From a day until before another."""
        return self.filter(on__gte=first, on__lt=after)


class PartnerQuestionQuerySet(models.QuerySet["PartnerQuestion"]):
    def open_at(self, now: dt.datetime) -> PartnerQuestionQuerySet:
        """Taking votes at this moment."""
        return self.filter(state="open", closes_at__gt=now)

    def due_to_close(self, now: dt.datetime) -> PartnerQuestionQuerySet:
        return self.filter(state="open", closes_at__lte=now)

    def waiting_for(self, user: User, now: dt.datetime, day: dt.date) -> PartnerQuestionQuerySet:
        """Open questions on which a partner of this user has not voted, and they may vote."""
        partners: Any = self.model._meta.get_field("owner").related_model
        mine = partners.objects.of_delegate(user, day)
        others = Q(body__partners__in=mine.filter(citizens__isnull=True))
        asked = Q(asked__delegate__in=_delegacies(self, user, day))
        found = self.open_at(now).filter(others | asked).exclude(votes__in=_cast(self, mine))
        return found.distinct()

    def put_to(self, partners: PartnerQuerySet) -> PartnerQuestionQuerySet:
        """What may be shown to the delegates of these: to citizens, only what is strategic."""
        if partners.filter(citizens__isnull=True).exists():
            return self
        return self.filter(matter="strategic")


def _delegacies(rows: PartnerQuestionQuerySet, user: User, day: dt.date) -> Any:
    asked: Any = rows.model._meta.get_field("asked").related_model
    delegates = asked._meta.get_field("delegate").related_model
    return delegates.objects.held_on(day).filter(person__user=user)


def _cast(rows: PartnerQuestionQuerySet, partners: PartnerQuerySet) -> Any:
    votes: Any = rows.model._meta.get_field("votes").related_model
    return votes.objects.standing().filter(partner__in=partners)


class PartnerVoteQuerySet(models.QuerySet["PartnerVote"]):
    def standing(self) -> PartnerVoteQuerySet:
        """Not those keyed by mistake."""
        return self.filter(struck_at__isnull=True)


class PartnerActionQuerySet(models.QuerySet["PartnerAction"]):
    def public(self) -> PartnerActionQuerySet:
        """What everybody may read on the website, what is not done yet first."""
        shown = self.filter(public_since__isnull=False)
        return shown.select_related(
            "decision__question__body", "owner__organisation", "owner__citizens"
        ).order_by(
            models.Case(models.When(state__in=["to_do", "under_way"], then=0), default=1),
            "due_on",
            "pk",
        )


class CitizenNoteQuerySet(models.QuerySet["CitizenNote"]):
    def standing(self) -> CitizenNoteQuerySet:
        """Those that were not taken back."""
        return self.filter(taken_back_at__isnull=True)


def partnerships_visible_to(bodies: models.QuerySet[Body], user: User, day: dt.date) -> Any:
    """Partnerships that the secretary, a delegate, or somebody with a seat may look into.

    A seat on the partnership itself, or on a citizen group that is a partner.
    """
    partnerships = bodies.filter(kind="partnership")
    if user.has_perm("governance.arrange_meeting"):
        return partnerships
    seats: Any = bodies.model._meta.get_field("seats").related_model
    partners: Any = bodies.model._meta.get_field("partners").related_model
    sat_on = seats.objects.held_on(day).filter(person__user=user).values("body")
    mine = partners.objects.of_delegate(user, day).values("body")
    groups = partners.objects.standing().filter(citizens__in=sat_on).values("body")
    return partnerships.filter(Q(pk__in=mine) | Q(pk__in=groups) | Q(pk__in=sat_on))


def spaces_open_to(bodies: models.QuerySet[Body], user: User, day: dt.date) -> Any:
    """Citizen groups whose private space this user may enter: who sits on it.

    Nobody else, whatever their role; nor somebody who also speaks for another partner in a
    partnership with that group.
    """
    seats: Any = bodies.model._meta.get_field("seats").related_model
    sat_on = seats.objects.held_on(day).filter(person__user=user).values("body")
    return bodies.filter(pk__in=sat_on, kind="citizens").exclude(
        pk__in=groups_across(user, day).values("citizens")
    )


def groups_across(user: User, day: dt.date) -> PartnerQuerySet:
    """Citizen groups in partnerships in which this user speaks for another partner."""
    partners: Any = apps.get_model("governance", "Partner")
    others = partners.objects.of_delegate(user, day).filter(citizens__isnull=True)
    found: PartnerQuerySet = partners.objects.standing().filter(
        citizens__isnull=False, body__in=others.values("body")
    )
    return found
