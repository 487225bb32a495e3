"""The queue in files that needs no server: a message is there whole, or not at all.

kombu's own writes a message under the name by which workers look for it, so that one may take it
before its content is there: the message is lost, and the worker stops. Here it is written beside
and renamed.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    # (kombu's two bases call the message by different names.)
    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        """Add a message. Raises ChannelError where it cannot be written."""
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        whole = Path(self.data_folder_out) / name
        beside = whole.with_name(f".{name}.part")  # of no queue that anybody reads
        try:
            text: str = dumps(payload)  # type: ignore[no-untyped-call]
            beside.write_text(text, encoding="utf-8")
            beside.replace(whole)
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to the queue.") from error


class Transport(filesystem.Transport):
    Channel = Channel


def use() -> None:
    """Have kombu use this for `filesystem://`."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
