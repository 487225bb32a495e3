"""The society's pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.url_routing import RouteResult

from cms.blocks import BodyBlock, LinkBlock
from cms.fields import StreamField
from cms.menus import public_children
from cms.models.pictures import Picture


class SitePageQuerySet(PageQuerySet):
    def select_for_update(self, *args: Any, **kwargs: Any) -> PageQuerySet:
        """Lock pages alone: PostgreSQL cannot lock a picture that may not be there."""
        return super().select_for_update(*args, **kwargs).select_related(None)


class SitePageManager(PageManager.from_queryset(SitePageQuerySet)):  # type: ignore[misc]
    """A page comes with its picture, in one query."""

    def get_queryset(self) -> PageQuerySet:
        return super().get_queryset().select_related("picture")


class SitePage(Page):
    """What every page of the site has.

    `blueprint_key` names the page in the plan it was first laid out from, so that laying out a
    second time finds it again, wherever it was moved and whatever its words are now.
    """

    lead = models.CharField(
        max_length=300, blank=True, help_text="The sentence under the title, and in lists."
    )
    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    blueprint_key = models.CharField(max_length=60, blank=True, editable=False)

    objects = SitePageManager()
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("picture")]

    class Meta:
        abstract = True

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """A draft inside the editor's frame, under the editor's content policy."""
        response: HttpResponse = super().serve_preview(request, mode_name)
        response._csp_config = settings.EDITOR_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return response

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[dict[str, Any]]:
        """This page's entry, at the address that the site was asked under."""
        entries: list[dict[str, Any]] = super().get_sitemap_urls(request)
        if request is not None:
            entries[0]["location"] = request.build_absolute_uri(self.get_url(request))
        return entries


class HomePage(SitePage):
    """The front page: what this is, for whom, and what to do next."""

    headline = models.CharField(max_length=120, blank=True)
    actions: Any = StreamField(
        [("link", LinkBlock())], blank=True, max_num=3, help_text="Buttons below the headline."
    )
    body: Any = StreamField(BodyBlock(), blank=True)

    template = "cms/pages/home.html"
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel(name) for name in ("headline", "lead", "picture", "actions")], "Opening"
        ),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = "home page"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Find a page by its whole address at once, or else level by level."""
        if path_components:
            address = f"{self.url_path}{'/'.join(path_components)}/"
            page = Page.objects.descendant_of(self).filter(url_path=address).first()
            if page is not None:
                return page.specific.route(request, [])
        return super().route(request, path_components)


class ContentPage(SitePage):
    """A page of words: about us, our care, privacy. Pages below it are shown as cards."""

    body: Any = StreamField(BodyBlock(), blank=True)

    template = "cms/pages/content.html"
    content_panels = [*SitePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = "page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        below = public_children(request, self).type(SitePage).specific() if self.numchild else []
        return context | {"below": below}
