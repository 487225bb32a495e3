"""Which pages the public finds below another, and the menu made of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet


@dataclass(frozen=True)
class Entry:
    """One link; `current` when it leads to this page or to one above it."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Menu:
    """`top`: pages marked "show in menus". `foot`: the others beside them, the small print."""

    top: list[Entry]
    foot: list[Entry]


def public_menu(request: HttpRequest) -> Menu:
    """The published, public pages right below this site's home page; asked once a request."""
    if not hasattr(request, "_public_menu"):
        request._public_menu = _read(request)  # type: ignore[attr-defined]
    return request._public_menu  # type: ignore[attr-defined]


def rules_url(request: HttpRequest) -> str:
    """The co-op's rules, where its site has a page for them (".../rules/"); else nothing."""
    menu = public_menu(request)
    found = (one.url for one in [*menu.foot, *menu.top] if one.url.endswith("/rules/"))
    return next(found, "")


def _read(request: HttpRequest) -> Menu:
    site = Site.find_for_request(request)
    top: list[Entry] = []
    foot: list[Entry] = []
    if site is not None:
        for page in public_children(request, site.root_page):
            url = page.get_url(request)
            entry = Entry(page.title, url, request.path.startswith(url))
            (top if page.show_in_menus else foot).append(entry)
    return Menu(top, foot)


def public_children(request: HttpRequest, page: Page) -> PageQuerySet:
    """Published pages right below `page` that anybody may read.

    What is private is asked once a request, however many lists it makes.
    """
    if not hasattr(request, "_private_pages"):
        request._private_pages = Page.objects.all().private_q()  # type: ignore[attr-defined]
    children = Page.objects.child_of(page).live()
    return children.exclude(request._private_pages)  # type: ignore[attr-defined]
