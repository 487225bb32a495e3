"""The demo co-op: a fictional valley, made through operations, dated from today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from config.demo import cms, governance, members, rota, services
from config.demo.world import World, make_world

#: What is made, in order: each builder adds to the same world.
STEPS: tuple[tuple[str, Callable[[World], None]], ...] = (
    ("members and applications", members.build),
    ("meetings and votes", governance.build),
    ("people supported, agreements and visits", services.build),
    ("carers and rotas", rota.build),
    ("the website", cms.build),
)


def build(today: dt.date) -> Iterator[str]:
    """Make the demo co-op, yielding what each step makes before it is made."""
    world = make_world(today)
    for what, step in STEPS:
        yield what
        step(world)
