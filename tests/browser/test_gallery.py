"""Every component in every state, at four widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_gallery_is_sound_at_every_width(someone: Callable[..., Any], width: int) -> None:
    visitor = someone(viewport={"width": width, "height": 900})
    visitor.visit("/ui/")
    visitor.look(f"ui-{width}")
