"""Trouble on request: calls that time out, break off or answer 500, the work done or not."""

import threading
from dataclasses import dataclass
from typing import Literal, get_args

from ledger.stripe_sandbox.errors import ApiError

Trouble = Literal["timeout", "drop", "error"]
"""`timeout`: no answer until the caller gives up. `drop`: the connection ends without an answer.
`error`: 500.
"""


@dataclass
class Fault:
    trouble: Trouble
    after_the_work: bool
    calls: int
    path: str

    def __post_init__(self) -> None:
        if self.trouble not in get_args(Trouble):
            raise ApiError(f"Trouble is one of {', '.join(get_args(Trouble))}.", param="trouble")


class Faults:
    """What is to go wrong next. Each fault is for calls whose path begins so; the first fits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: list[Fault] = []
        self.down = False

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._next.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._next.clear()
            self.down = False

    def take(self, path: str) -> Fault | None:
        with self._lock:
            if self.down:
                return Fault("drop", after_the_work=False, calls=1, path="")
            fault = next((one for one in self._next if path.startswith(one.path)), None)
            if fault:
                fault.calls -= 1
                if fault.calls <= 0:
                    self._next.remove(fault)
            return fault
