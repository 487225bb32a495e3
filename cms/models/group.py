"""A local co-op, from the first conversation on."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from wagtail.models import Site

from cms import rules


class LocalGroup(models.Model):
    """A co-op in one place, at one stage of its life; interest is registered with it.

    A group that has a website of its own has one Wagtail site. One that is only beginning may have
    no more than a launch page on its neighbour's site, and then `site` is empty.
    """

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    area = models.CharField(max_length=200, help_text="The places it is for, in words.")
    stage = models.CharField(
        max_length=12, choices=list(rules.STAGE_NAMES.items()), default=rules.STAGES[0].code
    )
    site = models.OneToOneField(
        Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="local_group"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def takes_interest(self) -> bool:
        return rules.takes_interest(self.stage)

    def ladder(self) -> list[rules.Rung]:
        """The stages with this group's place among them."""
        return rules.ladder(self.stage)
