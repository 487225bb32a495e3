"""News."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.blocks import BodyBlock
from cms.fields import StreamField
from cms.models.pages import SitePage

PER_PAGE = 10


class NewsIndexPage(SitePage):
    """The list of news, newest first."""

    template = "cms/pages/news_index.html"
    subpage_types = ["cms.NewsPage"]
    parent_page_types = ["cms.HomePage"]

    class Meta:
        verbose_name = "news list"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        news = published_news(self)
        context["news"] = Paginator(news, PER_PAGE).get_page(request.GET.get("page"))
        return context


class NewsPage(SitePage):
    """One piece of news."""

    date = models.DateField(default=timezone.localdate)
    author = models.CharField(max_length=80, blank=True)
    body = StreamField(BodyBlock(), blank=True)

    template = "cms/pages/news.html"
    subpage_types: list[str] = []
    parent_page_types = ["cms.NewsIndexPage"]
    content_panels = [
        *SitePage.content_panels,
        FieldPanel("date"),
        FieldPanel("author"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = "news"
        verbose_name_plural = "news"


def published_news(below: Page) -> PageQuerySet:
    """News under a page that anybody may read, newest first."""
    news = NewsPage.objects.live().public().descendant_of(below)
    return news.order_by("-date", "-pk").defer_streamfields()
