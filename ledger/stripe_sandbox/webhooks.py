"""Webhooks: signed by Stripe's scheme, tried again until answered with 2xx, held when asked."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from stripe import WebhookSignature

from ledger.stripe_sandbox.account import Account, Object, shown

Receiver = Callable[[bytes, Mapping[str, str]], int]
"""Takes a body and its headers and answers with an HTTP status; 0 when nobody answered."""

SECONDS_TO_ANSWER = 30
SECONDS_UNTIL_RETRY = 10


class Signed(NamedTuple):
    """A webhook's request, ready to be posted."""

    body: str
    headers: dict[str, str]


class Delivery(NamedTuple):
    event: str
    type: str
    status: int


@dataclass(frozen=True)
class Endpoint:
    name: str
    receive: Receiver


def over_http(url: str) -> Receiver:
    """Posts to an address, and follows no redirect: Stripe takes one for a failure."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        connection = kind(parts.hostname or "", parts.port, timeout=SECONDS_TO_ANSWER)
        try:
            connection.request("POST", target, body, dict(headers))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    return receive


def _endpoint(target: str | Receiver) -> Endpoint:
    if isinstance(target, str):
        return Endpoint(target, over_http(target))
    return Endpoint("receiver", target)


class Webhooks:
    """A queue of events, and a thread that sends them unless they are held."""

    def __init__(
        self,
        account: Account,
        targets: Iterable[str | Receiver],
        secret: str,
        *,
        held: bool = False,
        retry_seconds: float = SECONDS_UNTIL_RETRY,
    ) -> None:
        self.account = account
        self.endpoints = [_endpoint(target) for target in targets]
        self.secrets = [secret]
        self.held = held
        self._retry_seconds = retry_seconds
        self._waiting = [event["id"] for event in account.events() if event.get("_pending")]
        self._tried: dict[str, float] = {}
        self._signal = threading.Condition()
        self._busy = self._stopping = False
        self._thread: threading.Thread | None = None
        account.on_event = self._queue
        account.after_turn = self.wake

    # The queue

    def _queue(self, event: Object) -> None:
        names = [endpoint.name for endpoint in self.endpoints]
        self.account.change(event, _pending=names, pending_webhooks=len(names))
        if names:
            self._waiting.append(event["id"])

    def waiting(self) -> list[str]:
        """The ids of events not yet taken, in the order in which they happened."""
        return list(self._waiting)

    def drop(self, event_id: str) -> None:
        """It will never be delivered, unless it is sent again on purpose."""
        with self.account.turn():
            event = self.account.get("event", event_id)
            self.account.change(event, _pending=[], pending_webhooks=0)
            self._forget(event_id)

    def _forget(self, event_id: str) -> None:
        if event_id in self._waiting:
            self._waiting.remove(event_id)
        self._tried.pop(event_id, None)

    # Signing and sending

    def signed(
        self,
        event: str | Object,
        *,
        secrets: Iterable[str] | None = None,
        at: int | None = None,
    ) -> Signed:
        """The request for an event, or for anything made up; `at` is when it says it was signed."""
        if isinstance(event, str) and event.startswith("evt_"):
            with self.account.lock:
                event = shown(self.account.get("event", event))
        body = event if isinstance(event, str) else json.dumps(event, indent=2)
        when = int(time.time()) if at is None else at
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (sandbox)",
            "Stripe-Signature": _signature(body, list(secrets or self.secrets), when),
        }
        return Signed(body, headers)

    def send(
        self, event_id: str, *, times: int = 1, together: bool = False, at: int | None = None
    ) -> list[int]:
        """Post it now to every endpoint, so many times, in turn or at once; the statuses."""
        jobs = [endpoint for endpoint in self.endpoints for _ in range(times)]
        if together:
            with ThreadPoolExecutor(len(jobs)) as pool:
                return list(pool.map(lambda endpoint: self._post(event_id, endpoint, at), jobs))
        return [self._post(event_id, endpoint, at) for endpoint in jobs]

    def _post(self, event_id: str, endpoint: Endpoint, at: int | None = None) -> int:
        body, headers = self.signed(event_id, at=at)
        self._tried[event_id] = time.monotonic()
        status = endpoint.receive(body.encode(), headers)
        if 200 <= status < 300:
            with self.account.turn():
                event = self.account.get("event", event_id)
                left = [name for name in event["_pending"] if name != endpoint.name]
                self.account.change(event, _pending=left, pending_webhooks=len(left))
                if not left:
                    self._forget(event_id)
        return status

    def deliver(self, *, newest_first: bool = False) -> list[Delivery]:
        """Send what waits now, held or not, in this thread; what this causes waits for the next."""
        ids = self.waiting()
        return self._deliver(ids[::-1] if newest_first else ids)

    def _deliver(self, ids: list[str]) -> list[Delivery]:
        done = []
        for id in ids:
            event = self.account.get("event", id)
            for endpoint in self.endpoints:
                if endpoint.name in event["_pending"]:
                    done.append(Delivery(id, event["type"], self._post(id, endpoint)))
        return done

    # The thread

    def start(self) -> None:
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="sandbox-webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        with self._signal:
            self._stopping = True
            self._signal.notify_all()
        if self._thread:
            self._thread.join(timeout=1)

    def wake(self) -> None:
        with self._signal:
            self._signal.notify_all()

    def hold(self) -> None:
        self.held = True

    def release(self) -> None:
        self.held = False
        self.wake()

    def wait_until_quiet(self, seconds: float) -> bool:
        """True once every event that is not held was tried, successfully or not."""
        with self._signal:
            return self._signal.wait_for(lambda: not self._busy and not self._due(), seconds)

    def _due(self) -> list[str]:
        if self.held:
            return []
        before = time.monotonic() - self._retry_seconds
        return [id for id in self.waiting() if self._tried.get(id, before) <= before]

    def _work(self) -> None:
        while True:
            with self._signal:
                self._busy = False
                self._signal.notify_all()
                self._signal.wait_for(lambda: self._stopping or bool(self._due()), timeout=1)
                if self._stopping:
                    return
                due = self._due()
                self._busy = True
            self._deliver(due)


def _signature(body: str, secrets: list[str], when: int) -> str:
    """Stripe's header; while a secret is being changed it holds a signature by each."""
    first, *more = [
        WebhookSignature.generate_signature_header(body, secret, when) for secret in secrets
    ]
    return ",".join([first, *(header.split(",", 1)[1] for header in more)])
