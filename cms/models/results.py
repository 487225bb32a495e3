"""What members and partners decided, and the minutes of meetings."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from wagtail.url_routing import RouteResult

from cms.models.pages import SitePage
from governance.models import Minutes, PartnerAction, Result

PER_PAGE = 10


class RecordsPage(SitePage):
    """A list of what governance has published, newest first; each has a page of its own below, by
    its number.
    """

    record_template = ""
    subpage_types: list[str] = []
    parent_page_types = ["cms.HomePage", "cms.ContentPage"]

    class Meta:
        abstract = True

    def records(self) -> QuerySet[Any]:
        """What everybody may read."""
        raise NotImplementedError

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        if self.live and len(path_components) == 1 and path_components[0].isdecimal():
            return RouteResult(self, kwargs={"record_id": int(path_components[0])})
        return super().route(request, path_components)

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return self.record_template if "record_id" in kwargs else str(self.template)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if "record_id" not in kwargs:
            page = Paginator(self.records(), PER_PAGE).get_page(request.GET.get("page"))
            return context | {"records": page}
        record = self.records().filter(pk=kwargs["record_id"]).first()
        if record is None:
            raise Http404
        return context | {"record": record}


class ResultsPage(RecordsPage):
    """Votes that have been declared."""

    template = "cms/pages/results.html"
    record_template = "cms/pages/result.html"

    class Meta:
        verbose_name = "results page"

    def records(self) -> QuerySet[Result]:
        return Result.objects.published()


class MinutesPage(RecordsPage):
    """Approved minutes of general meetings, without what is for members only."""

    template = "cms/pages/minutes_list.html"
    record_template = "cms/pages/minutes.html"

    class Meta:
        verbose_name = "minutes page"

    def records(self) -> QuerySet[Minutes]:
        return Minutes.objects.public()


class PartnerActionsPage(RecordsPage):
    """What partnerships have decided in a binding vote, who does it, and how far it is."""

    template = "cms/pages/partner_actions.html"
    record_template = "cms/pages/partner_action.html"

    class Meta:
        verbose_name = "page of what partners do"

    def records(self) -> QuerySet[PartnerAction]:
        return PartnerAction.objects.public()
