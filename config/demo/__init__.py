"""The demo co-op: a fictional valley, made through operations, dated from today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from config.demo.cms import build as build_website
from config.demo.governance import build as build_meetings
from config.demo.leaving import build as build_leaving
from config.demo.members import build as build_members
from config.demo.money import build as build_statement
from config.demo.people import build as build_people
from config.demo.registers import build as build_registers
from config.demo.rota import build as build_rotas
from config.demo.services import build as build_care
from config.demo.shares import build as build_shares
from config.demo.world import World, make_world

#: What is made, in order: each builder adds to the same world.
STEPS: tuple[tuple[str, Callable[[World], None]], ...] = (
    ("members and applications", build_members),
    ("members who buy more shares", build_shares),
    ("shares that go out, nominations and evidence", build_leaving),
    ("officers, dues and share interest", build_registers),
    ("meetings and votes", build_meetings),
    ("people supported, agreements and visits", build_care),
    ("carers and rotas", build_rotas),
    ("who acts for whom, consents and letters", build_people),
    ("a bank statement", build_statement),
    ("the website", build_website),
)


def build(today: dt.date) -> Iterator[str]:
    """Make the demo co-op, yielding what each step makes before it is made."""
    world = make_world(today)
    for what, step in STEPS:
        yield what
        step(world)
