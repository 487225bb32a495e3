"""The public site in a browser: its pages, an interest form by keyboard, the editor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from wagtail.models import Site

from cms.models import HomePage, LaunchPage, LocalGroup
from cms.operations import add_picture, launch_group, lay_page, write_home
from core.actors import SYSTEM
from core.models import User
from core.permissions import Role
from tests.browser.conftest import PHONE
from tests.cms.conftest import png
from tests.cms.test_pages import every_block


@pytest.fixture
def launched(db: None) -> LocalGroup:
    """A site of a home page and a launch page, each with one of every block."""
    site = Site.objects.get(is_default_site=True)
    home = HomePage.objects.get(pk=site.root_page_id)
    picture = add_picture(
        title="Moor", file_name="moor.png", content=png(), description="A moor.", by=SYSTEM
    )
    home.headline, home.lead, home.picture = "Care of our own", "In this valley.", picture
    home.body = every_block(picture)
    home = write_home(home=home, key="home", by=SYSTEM)
    group = launch_group(
        name="Upper Harrow", slug="upper-harrow", area="The hill", stage="finding", by=SYSTEM
    )
    steps = [b for b in json.loads(every_block(picture)) if b["type"] == "steps"]
    page = LaunchPage(
        title="Upper Harrow",
        slug="upper-harrow",
        group=group,
        next_steps=json.dumps(steps),
        picture=picture,
        show_in_menus=True,
        blueprint_key="upper-harrow",
    )
    lay_page(parent=home, page=page, by=SYSTEM)
    return group


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["desktop", "phone"])
def test_pages_are_sound_at_both_widths(
    launched: LocalGroup, someone: Callable[..., Any], options: dict[str, Any]
) -> None:
    visitor = someone(**options)
    for path in ("/", "/upper-harrow/", "/interest/in/upper-harrow/", "/interest/sent/"):
        visitor.visit(path)


def test_a_neighbour_registers_by_keyboard_and_the_secretary_invites_them(
    launched: LocalGroup, someone: Callable[..., Any], make_user: Callable[..., User]
) -> None:
    visitor = someone(viewport=PHONE)
    visitor.visit("/upper-harrow/")
    page = visitor.page
    page.locator("#id_interests_0").focus()
    keys = page.keyboard
    keys.press("Space")
    for _ in range(5):
        keys.press("Tab")
    keys.type("Ruth Ackroyd")
    keys.press("Tab")
    keys.type("ruth@example.org")
    keys.press("Tab")
    keys.type("nonsense")
    with page.expect_navigation():
        keys.press("Enter")
    visitor.look()
    assert visitor.sees("Enter a postcode such as QX7 2AB")
    assert page.get_by_label("Your name").input_value() == "Ruth Ackroyd"
    page.get_by_label("Your postcode").fill("QX7 6AB")
    page.locator("#id_consent").check()
    visitor.press("Send")
    assert visitor.sees("Please look at your e-mail")
    link = re.search(r"/interest/confirm/[\w-]+/", mail.outbox[-1].body)
    assert link
    visitor.visit(link[0])
    visitor.press("Yes, put me on the list")
    assert visitor.sees("you are on the list")

    desk = someone(make_user("sita secretary", Role.SECRETARY))
    desk.visit("/interest/")
    desk.press("Invite to apply")
    assert desk.sees("Invited")


def test_the_editor_works_under_its_content_policy(
    launched: LocalGroup, someone: Callable[..., Any], make_user: Callable[..., User]
) -> None:
    """Wagtail's own screens are not ours to check with axe; errors on the console still fail."""
    desk = someone(make_user("edie editor", Role.EDITOR))
    page = LaunchPage.objects.get()
    desk.page.goto(f"{desk.site}/editor/pages/{page.pk}/edit/", wait_until="networkidle")
    desk.page.locator("input[name=lead]").fill("A hill with people on it.")
    desk.page.get_by_role("button", name="Toggle preview").click()
    frame = desk.page.frame_locator("iframe").first
    frame.get_by_text("A hill with people on it.").first.wait_for()
    assert desk.faults == []
