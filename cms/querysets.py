"""Questions over interest in local co-ops."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from cms.rules import DAYS_TO_CONFIRM, INTERESTS

if TYPE_CHECKING:
    from cms.models import InterestRegistration


class InterestQuerySet(models.QuerySet["InterestRegistration"]):
    def confirmed(self) -> InterestQuerySet:
        """Those who answered the e-mail and have not taken their name off."""
        return self.filter(state="confirmed")

    def interested_in(self, interest: str) -> InterestQuerySet:
        """Those who ticked one of rules.INTERESTS."""
        if interest not in INTERESTS:
            raise ValueError(interest)
        return self.filter(**{interest: True})

    def unanswered_on(self, now: dt.datetime) -> InterestQuerySet:
        """Those whose time to answer the e-mail has run out."""
        return self.filter(
            state="unconfirmed", created_at__lt=now - dt.timedelta(days=DAYS_TO_CONFIRM)
        )

    def tally(self) -> dict[str, int]:
        """How many there are ("total"), and how many for each interest, in one query."""
        counts = {name: Count("pk", filter=Q(**{name: True})) for name in INTERESTS}
        return self.aggregate(total=Count("pk"), **counts)
