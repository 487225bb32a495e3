"""One pretend Stripe account: its objects, their events, its clock, the file that keeps them."""

import copy
import json
import os
import secrets
import string
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stripe

from ledger.stripe_sandbox import errors
from ledger.stripe_sandbox.clock import Clock

Object = dict[str, Any]
"""One of Stripe's objects, as its JSON has it. Names with `_` in front are ours and never shown."""

Params = dict[str, Any]

_WITHOUT = {"balance_transaction": ["livemode"], "refund": ["livemode"], "mandate": ["created"]}
_LETTERS = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    return prefix + "_" + "".join(secrets.choice(_LETTERS) for _ in range(24))


def shown(value: Any) -> Any:
    """A copy as the outside may see it."""
    if isinstance(value, dict):
        return {name: shown(part) for name, part in value.items() if not name.startswith("_")}
    if isinstance(value, list):
        return [shown(part) for part in value]
    return copy.copy(value)


class Account:
    """All that one account of Stripe's would remember. It is changed within `turn()` only."""

    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.kinds: dict[str, dict[str, Object]] = {}
        self.answers: dict[str, Object] = {}
        self.request: Object = {"id": None, "idempotency_key": None}
        self.fees_come_later = False
        self.on_event: Callable[[Object], None] = lambda event: None
        self.after_turn: Callable[[], None] = lambda: None
        self._file = file
        self._changed = False
        if file and file.exists():
            self._load(file)

    # Objects

    def add(self, kind: str, prefix: str, **fields: Any) -> Object:
        """A new object of this kind, with the fields that every object has."""
        common = {"created": self.clock.now(), "livemode": False}
        for name in _WITHOUT.get(kind, ()):
            del common[name]
        made = {"id": new_id(prefix), "object": kind, **common, **fields}
        self.kinds.setdefault(kind, {})[made["id"]] = made
        self._changed = True
        return made

    def get(self, kind: str, id: str, *, param: str = "id") -> Object:
        """The object, or a refusal: 404 for the address's own, 400 for a parameter's."""
        found = self.kinds.get(kind, {}).get(id)
        if found is None:
            raise errors.no_such(kind, id, param, status=404 if param == "id" else 400)
        return found

    def find(self, id: str) -> Object | None:
        """The object of whatever kind."""
        return next((kind[id] for kind in self.kinds.values() if id in kind), None)

    def all(self, kind: str, **fields: Any) -> list[Object]:
        """Those of a kind whose fields have these values, oldest first."""
        return [
            made
            for made in self.kinds.get(kind, {}).values()
            if all(made.get(name) == value for name, value in fields.items())
        ]

    def change(self, changed: Object, **values: Any) -> Object:
        """Set the values and return what they were, as an event's `previous_attributes` say it."""
        before = {
            name: shown(changed.get(name))
            for name, value in values.items()
            if changed.get(name) != value and not name.startswith("_")
        }
        changed.update(values)
        self._changed = True
        return before

    def discard(self, gone: Object) -> None:
        del self.kinds[gone["object"]][gone["id"]]
        self._changed = True

    # Events

    def emit(self, type: str, about: Object, previous: Object | None = None) -> Object:
        """An event holds the object as it is at this moment."""
        data: Object = {"object": shown(about)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = self.add(
            "event",
            "evt",
            type=type,
            api_version=stripe.api_version,
            data=data,
            pending_webhooks=0,
            request=dict(self.request),
        )
        self.on_event(event)
        return event

    def events(self, type: str | None = None) -> list[Object]:
        return self.all("event", type=type) if type else self.all("event")

    # Turns and the file

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One thing at a time; kept in the file, and told to the world, when it is done."""
        with self.lock:
            try:
                yield
            finally:
                self.request = {"id": None, "idempotency_key": None}
                self._save()
        self.after_turn()

    def touch(self) -> None:
        self._changed = True

    def _load(self, file: Path) -> None:
        state = json.loads(file.read_text(encoding="utf-8"))
        self.kinds, self.answers = state["objects"], state["answers"]
        self.clock.ahead = state["ahead"]

    def _save(self) -> None:
        """Whole or not at all: written beside the file, then put in its place."""
        if not (self._file and self._changed):
            return
        state = {"ahead": self.clock.ahead, "objects": self.kinds, "answers": self.answers}
        beside = self._file.with_name(self._file.name + ".new")
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(state), encoding="utf-8")
        os.replace(beside, self._file)
        self._changed = False
