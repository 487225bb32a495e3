"""A real browser: Debian's Chromium driven by Playwright against the live server.

Every screen that `visit` and `look` see is checked with axe. A request that leaves the site, an
error on the console or a breach of the content policy fails the test.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import BrowserContext, Page

from core.models import User

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PICTURES = os.environ.get("WEFT_PICTURES", "")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {
        "executable_path": CHROMIUM,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-default-apps",
            "--font-render-hinting=none",
        ],
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {
        "locale": "en-GB",
        "timezone_id": "Europe/London",
        "reduced_motion": "reduce",
        "viewport": DESKTOP,
    }


class Person:
    """Somebody at a browser: goes to pages, looks at them, and complains about what is wrong."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site, self.faults = page, site, []
        #: Where the page may go: the site, and whatever a test adds (the payment page).
        self.may_go = [site]
        page.set_default_timeout(15_000)
        page.route("**/*", self._stay_on_site)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))

    def _stay_on_site(self, route: Any) -> None:
        url = route.request.url
        if url.startswith((*self.may_go, "data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"request to {url}")
            route.abort()

    def _hear(self, message: Any) -> None:
        # A refused form answers 400 or 409 on purpose, and Chromium notes that on the console.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def visit(self, path: str) -> None:
        """Go to an address of the site and look at it."""
        self.page.goto(f"{self.site}{path}")
        self.look()

    def look(self, picture: str = "") -> None:
        """Check the page that is shown: axe finds nothing, nothing sticks out sideways."""
        results = Axe().run(self.page, options=AXE)
        found = [
            f"{v['id']}: {v['help']} {[n['target'] for n in v['nodes']][:3]}"
            for v in results.response["violations"]
        ]
        assert found == [], f"{self.page.url}: {found}"
        assert self.faults == [], f"{self.page.url}: {self.faults}"
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"
        if PICTURES and picture:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{picture}.png", full_page=True)

    def press(self, name: str) -> None:
        """Press the button of this name, and look at what comes."""
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state("load")
        self.look()

    def follow(self, name: str) -> None:
        """Follow the link of this name, and look at what comes."""
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state("load")
        self.look()

    def sees(self, text: str) -> bool:
        return self.page.get_by_text(text).first.is_visible()


@pytest.fixture
def someone(
    browser: Any, browser_context_args: dict[str, Any], live_server: Any
) -> Iterator[Callable[..., Person]]:
    """`someone(user, viewport=PHONE)` → a person at their own browser, signed in as `user`."""
    contexts: list[BrowserContext] = []

    def arrive(user: User | None = None, **options: Any) -> Person:
        context = browser.new_context(**(browser_context_args | options))
        contexts.append(context)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])
        return Person(context.new_page(), live_server.url)

    yield arrive
    for context in contexts:
        context.close()


def _session_cookie(user: User, url: str) -> Any:
    """A signed-in session, as after the second step (sign-in itself has a test of its own)."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {}})
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": url}
