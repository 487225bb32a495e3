"""What goes with the public pages: the feed, the sitemap, the pictures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Rss201rev2Feed
from django.views.static import serve
from wagtail.contrib.sitemaps import views as sitemaps
from wagtail.models import Page, Site

from cms.models import NewsPage
from cms.models.news import published_news

NEWEST = 20


class NewsFeed(Feed):
    """The newest news of the site that was asked."""

    feed_type = Rss201rev2Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Page:
        self.request = request
        site = Site.find_for_request(request)
        if site is None:
            raise Http404
        return site.root_page

    def title(self, home: Page) -> str:
        return f"News – {settings.SOCIETY_NAME}"

    def description(self, home: Page) -> str:
        return f"What is new at {settings.SOCIETY_NAME}."

    def link(self, home: Page) -> str:
        return str(home.get_url(self.request))

    def feed_url(self, home: Page) -> str:
        return reverse("cms:feed")

    def items(self, home: Page) -> QuerySet[NewsPage]:
        return published_news(home)[:NEWEST]

    def item_title(self, item: NewsPage) -> str:
        return str(item.title)

    def item_description(self, item: NewsPage) -> str:
        return str(item.lead)

    def item_link(self, item: NewsPage) -> str:
        return str(item.get_url(self.request))

    def item_pubdate(self, item: NewsPage) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(item.date, dt.time(9)))


@login_not_required
def feed(request: HttpRequest) -> HttpResponse:
    """News as RSS."""
    return NewsFeed()(request)


@login_not_required
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """Every published page that anybody may read."""
    return sitemaps.sitemap(request)


@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines should leave alone, and where the sitemap is."""
    return render(request, "cms/robots.txt", content_type="text/plain")


@login_not_required
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """The sizes of public pictures; originals and documents have no address of this kind.

    A web server in front may serve this folder itself.
    """
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT / "images"))
    response["Cache-Control"] = "public, max-age=86400"
    return response
