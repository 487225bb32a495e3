"""What members decided."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from wagtail.url_routing import RouteResult

from cms.models.pages import SitePage
from governance.models import Result

PER_PAGE = 10


class ResultsPage(SitePage):
    """Published votes, newest first; each has a page of its own below, by its number."""

    template = "cms/pages/results.html"
    result_template = "cms/pages/result.html"
    subpage_types: list[str] = []
    parent_page_types = ["cms.HomePage", "cms.ContentPage"]

    class Meta:
        verbose_name = "results page"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        if self.live and len(path_components) == 1 and path_components[0].isdecimal():
            return RouteResult(self, kwargs={"result_id": int(path_components[0])})
        return super().route(request, path_components)

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return self.result_template if "result_id" in kwargs else self.template

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        published = Result.objects.published()
        if "result_id" not in kwargs:
            page = Paginator(published, PER_PAGE).get_page(request.GET.get("page"))
            return context | {"results": page}
        result = published.filter(pk=kwargs["result_id"]).first()
        if result is None:
            raise Http404
        return context | {"result": result}
