"""Tags of the public site's templates."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from cms.forms import InterestForm
from cms.menus import Menu, public_menu
from cms.models import LocalGroup, SiteDetails
from cms.models.news import published_news

register = template.Library()


@register.simple_tag(takes_context=True)
def menu(context: Context) -> Menu:
    """`{% menu as site_menu %}`: the links for the header and for the footer."""
    return public_menu(context["request"])


@register.simple_tag(takes_context=True)
def details(context: Context) -> SiteDetails:
    """`{% details as site_details %}`: how to reach the people behind this site."""
    return SiteDetails.for_request(context["request"])  # type: ignore[no-any-return]


@register.simple_tag
def newest(home: Any, number: int) -> list[Any]:
    """The newest pieces of news under a home page."""
    return list(published_news(home)[:number])


@register.inclusion_tag("cms/includes/interest_form.html", takes_context=True)
def interest_form(context: Context, group: LocalGroup) -> dict[str, Any]:
    """The form to say that one is interested in a group."""
    return {"form": InterestForm(), "group": group, "csrf_token": context.get("csrf_token")}
