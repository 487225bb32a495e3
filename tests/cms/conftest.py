"""A small site, a group on its way, and somebody who is interested."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from wagtail.models import Site

from cms.models import ContentPage, HomePage, InterestRegistration, LocalGroup, Picture
from cms.operations import add_picture, launch_group, lay_page, register_interest
from cms.rules import CONSENT_VERSION
from core.actors import SYSTEM, VISITOR
from core.models import OutboxMessage

ANSWERS: dict[str, Any] = {
    "name": "Ruth Ackroyd",
    "email": "ruth@example.org",
    "postcode": "qx7 6ab",
    "interests": ["need_care", "volunteer"],
    "format": "large",
    "consent_version": CONSENT_VERSION,
}


@pytest.fixture
def site(db: None) -> Site:
    return Site.objects.select_related("root_page").get(is_default_site=True)


@pytest.fixture
def home(site: Site) -> HomePage:
    return HomePage.objects.get(pk=site.root_page_id)


@pytest.fixture
def group(db: None) -> LocalGroup:
    """Upper Harrow is finding out who is with it."""
    return launch_group(
        name="Upper Harrow",
        slug="upper-harrow",
        area="Upper Harrow and the farms",
        stage="finding",
        by=SYSTEM,
    )


def png(width: int = 60, height: int = 40) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), (90, 48, 105)).save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def picture(db: None) -> Picture:
    return add_picture(
        title="Moor",
        file_name="moor.png",
        content=png(),
        description="A moor in flower.",
        by=SYSTEM,
    )


@pytest.fixture
def lay(home: HomePage) -> Callable[..., Any]:
    """`lay("Privacy", body=…)` → a published page below home."""

    def make(title: str, kind: type = ContentPage, parent: Any = None, **fields: Any) -> Any:
        above = parent or home
        above.refresh_from_db()
        slug = title.lower().replace(" ", "-")
        page = kind(title=title, slug=slug, blueprint_key=slug, **fields)
        return lay_page(parent=above, page=page, by=SYSTEM)

    return make


def secret_mailed_to(email: str) -> str:
    """The secret in the newest link that was sent to somebody."""
    message = OutboxMessage.objects.filter(to=email).latest("pk")
    found = re.search(r"/interest/withdraw/([\w-]+)/", message.text)
    assert found
    return found[1]


@pytest.fixture
def register(group: LocalGroup) -> Callable[..., InterestRegistration]:
    """`register(email="…")` → somebody who has filled in the form and not confirmed it."""

    def make(**changes: Any) -> InterestRegistration:
        return register_interest(**(ANSWERS | {"group": group} | changes), by=VISITOR)

    return make
