"""Short ways to write the blocks of a page (cms/blocks.py) as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Block = dict[str, Any]
Pictures = Mapping[str, int]


def heading(words: str) -> Block:
    return {"type": "heading", "value": words}


def text(*paragraphs: str) -> Block:
    """Paragraphs; one that starts with "<" is taken as it is."""
    html = [p if p.startswith("<") else f"<p>{p}</p>" for p in paragraphs]
    return {"type": "text", "value": "".join(html)}


def bullets(*items: str) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def link(words: str, address: str) -> dict[str, Any]:
    return {"words": words, "page": None, "address": address}


def quote(words: str, who: str, role: str = "") -> Block:
    return {"type": "quote", "value": {"text": words, "who": who, "role": role}}


def call(title: str, words: str, button: str, address: str) -> Block:
    return {"type": "call", "value": {"title": title, "text": words, "link": link(button, address)}}


def cards(title: str, *items: tuple[str, str, str, str, str]) -> Block:
    """Cards of (icon, title, text, button, address)."""
    made = [
        {"icon": icon, "title": name, "text": words, "link": link(button, address)}
        for icon, name, words, button, address in items
    ]
    return {"type": "cards", "value": {"title": title, "cards": made}}


def facts(title: str, note: str, *items: tuple[str, str]) -> Block:
    """Figures of (number, label)."""
    made = [{"number": number, "label": label} for number, label in items]
    return {"type": "facts", "value": {"title": title, "facts": made, "note": note}}


def steps(title: str, *items: tuple[str, str]) -> Block:
    made = [{"title": name, "text": words} for name, words in items]
    return {"type": "steps", "value": {"title": title, "steps": made}}


def questions(title: str, *items: tuple[str, str]) -> Block:
    made = [{"question": ask, "answer": f"<p>{answer}</p>"} for ask, answer in items]
    return {"type": "questions", "value": {"title": title, "questions": made}}


def feature(title: str, words: str, picture: str, *, turned: bool = False, **button: str) -> Block:
    """Words beside a picture (by its name); `button="…", address="…"` adds a link."""
    lead = link(button["button"], button["address"]) if button else link("", "")
    shown = {"picture": picture, "alt": "", "caption": ""}
    value = {"title": title, "text": words, "picture": shown, "link": lead, "picture_first": turned}
    return {"type": "feature", "value": value}


@dataclass(frozen=True)
class Words:
    """One page as it is written: `picture` names a drawing; `below` are the pages under it."""

    slug: str
    title: str
    lead: str
    body: tuple[Block, ...] = ()
    picture: str = ""
    in_menu: bool = False
    below: tuple[Words, ...] = field(default=())
    kind: str = "content"
    days_ago: int = 0
    author: str = ""


def stream(blocks: tuple[Block, ...], pictures: Pictures, shows: Mapping[str, str]) -> str:
    """Blocks as a StreamField takes them, each picture's name turned into its id and alt text."""
    return json.dumps([_with_pictures(block, pictures, shows) for block in blocks])


def _with_pictures(block: Block, pictures: Pictures, shows: Mapping[str, str]) -> Block:
    if block["type"] != "feature":
        return block
    name = block["value"]["picture"]["picture"]
    shown = {"picture": pictures[name], "alt": shows[name], "caption": ""}
    return {**block, "value": {**block["value"], "picture": shown}}
