"""The page of a local co-op that is on its way."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.query import PageQuerySet

from cms.blocks import BodyBlock
from cms.fields import StreamField
from cms.models.group import LocalGroup
from cms.models.pages import SitePage, SitePageManager
from cms.rules import INTEREST_COUNTS, shown_count


class LaunchPageManager(SitePageManager):
    def get_queryset(self) -> PageQuerySet:
        return super().get_queryset().select_related("group")


class LaunchPage(SitePage):
    """A local co-op's story so far, how far it has come, and a form to say "me too".

    How many are interested is shown as counts, with few as "<5"; never who or where.
    """

    group = models.ForeignKey(LocalGroup, on_delete=models.PROTECT, related_name="launch_pages")
    body = StreamField(BodyBlock(), blank=True, verbose_name="story")
    next_steps = StreamField(BodyBlock(), blank=True, verbose_name="what happens next")

    objects = LaunchPageManager()
    template = "cms/pages/launch.html"
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("group"),
        FieldPanel("body"),
        FieldPanel("next_steps"),
    ]

    class Meta:
        verbose_name = "launch page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        tally = self.group.registrations.confirmed().tally()
        context["total"] = shown_count(tally["total"])
        context["counts"] = [
            (words, shown_count(tally[name])) for name, words in INTEREST_COUNTS.items()
        ]
        return context
