"""What a block of a template sets is gone when the block ends: no other block may use it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path.relative_to(ROOT)
    for path in ROOT.glob("*/templates/**/*.html")
    if "{% extends" in path.read_text()
)
SET = re.compile(r" as (\w+_url)\b")
USED = re.compile(r"(?<! as )\b(\w+_url)\b")


def blocks_of(text: str) -> list[str]:
    """What stands in each block, as far as these do not stand in one another."""
    return re.findall(r"{% block \w+ %}(.*?){% endblock(?: \w+)? %}", text, flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_every_address_that_a_block_links_to_is_set_in_that_block(path: Path) -> None:
    """Else the link leads nowhere, and a "Cancel" that leads nowhere submits the form."""
    blocks = blocks_of((ROOT / path).read_text())
    set_somewhere = {name for block in blocks for name in SET.findall(block)}
    lost = [set_somewhere & set(USED.findall(block)) - set(SET.findall(block)) for block in blocks]
    assert not set().union(*lost)
