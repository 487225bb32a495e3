"""Every icon that is named exists: a wrong name is an error only when its page is opened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide

from config.navigation import PORTAL, STAFF

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "cms", "rota", "services", "governance", "members", "core")
IN_TEMPLATES = re.compile(r"""{% icon "([^"]+)"|\bicon="([a-z0-9-]+)"|{% empty_state "([^"]+)\"""")


def named() -> dict[str, str]:
    """Icon → where it is named: templates and the menu."""
    found = {item.icon: "config/navigation.py" for item in (*STAFF, *PORTAL)}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.html"):
            for match in IN_TEMPLATES.finditer(path.read_text()):
                found[next(filter(None, match.groups()))] = str(path.relative_to(ROOT))
    return found


def test_every_icon_that_is_named_exists() -> None:
    missing = []
    icons = named()
    for name, path in icons.items():
        try:
            lucide(name)
        except IconDoesNotExist:
            missing.append(f"{name} in {path}")
    assert missing == []
    assert len(icons) > 40


def test_a_wrong_name_would_be_found() -> None:
    with pytest.raises(IconDoesNotExist):
        lucide("no-such-icon")
