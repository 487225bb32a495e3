"""The public menu, from the pages themselves."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from wagtail.models import Page, Site


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
    return request._public_menu  # type: ignore[attr-defined, no-any-return]


def _read(request: HttpRequest) -> Menu:
    site = Site.find_for_request(request)
    top: list[Entry] = []
    foot: list[Entry] = []
    if site is not None:
        for page in Page.objects.child_of(site.root_page).live().public():
            url = page.get_url(request)
            entry = Entry(page.title, url, request.path.startswith(url))
            (top if page.show_in_menus else foot).append(entry)
    return Menu(top, foot)
