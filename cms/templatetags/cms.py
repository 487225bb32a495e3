"""Tags of the public site's templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from wagtail.models import Site

from cms.forms import InterestForm
from cms.menus import Menu, public_menu
from cms.models import LocalGroup, SiteDetails
from cms.models.news import published_news
from core.charts import Chart
from governance.models import Result
from governance.result_sheet import chart_of, sheet_of

register = template.Library()


@register.simple_tag(takes_context=True)
def menu(context: Context) -> Menu:
    """`{% menu as site_menu %}`: the links for the header and for the footer."""
    return public_menu(context["request"])


@register.simple_tag(takes_context=True)
def site_details(context: Context) -> SiteDetails | None:
    """`{% site_details as reach_us %}`: how to reach the people behind this site."""
    site = Site.find_for_request(context["request"])
    return SiteDetails.of(site) if site else None


@register.simple_tag
def newest(home: Any, number: int) -> list[Any]:
    """The newest pieces of news under a home page."""
    return list(published_news(home)[:number])


@register.inclusion_tag("cms/includes/interest_form.html", takes_context=True)
def interest_form(context: Context, group: LocalGroup) -> dict[str, Any]:
    """The form to say that one is interested in a group."""
    return {"form": InterestForm(), "group": group, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def result_chart(result: Result) -> Chart:
    """The stages of an election, or the answers to a motion."""
    return chart_of(result)


@register.simple_tag
def stage_sheet(result: Result) -> list[dict[str, Any]]:
    """A row for each candidate with what they gained and had at each stage; none for a motion."""
    return sheet_of(result.count) if result.election.is_stv else []
