"""The queue in files: nobody finds a message that is not whole."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Queue
from kombu.exceptions import ChannelError

from config import file_queue

MESSAGES = 200


@pytest.fixture
def connect(tmp_path: Path) -> Any:
    file_queue.use()
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }
    return lambda: Connection("filesystem://", transport_options=options)


def test_the_queue_is_ours(connect: Any) -> None:
    with connect() as connection:
        assert isinstance(connection.transport, file_queue.Transport)
        assert isinstance(connection.default_channel, file_queue.Channel)


def test_who_reads_while_another_writes_gets_every_message_once_and_whole(connect: Any) -> None:
    long = "x" * 100_000
    written = threading.Event()

    def write() -> None:
        with connect() as connection, connection.SimpleQueue("celery") as queue:
            for number in range(MESSAGES):
                queue.put({"number": number, "long": long})
        written.set()

    writer = threading.Thread(target=write)
    got: list[int] = []
    with connect() as connection, connection.SimpleQueue("celery") as queue:
        writer.start()
        while not (written.is_set() and len(got) >= MESSAGES):
            try:
                message = queue.get(block=False)
            except queue.Empty:
                if written.is_set() and not queue.qsize():
                    break
                continue
            assert message.payload["long"] == long
            got.append(message.payload["number"])
            message.ack()
    writer.join()
    assert sorted(got) == list(range(MESSAGES))


def test_a_message_that_cannot_be_written_is_an_error_and_leaves_nothing_to_read(
    connect: Any, tmp_path: Path
) -> None:
    with connect() as connection:
        Queue("celery", channel=connection.default_channel).declare()
        (tmp_path / "queue").rename(tmp_path / "gone")
        with pytest.raises(ChannelError):
            connection.default_channel._put("celery", {"number": 1})
    assert not list((tmp_path / "gone").iterdir())
