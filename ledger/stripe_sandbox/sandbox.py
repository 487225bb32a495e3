"""The whole sandbox: an account, its webhooks and its trouble, behind one address."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from ledger.stripe_sandbox import api, web
from ledger.stripe_sandbox.account import Account
from ledger.stripe_sandbox.api import Answer, Call
from ledger.stripe_sandbox.control import Control
from ledger.stripe_sandbox.faults import Faults, Trouble
from ledger.stripe_sandbox.server import Server
from ledger.stripe_sandbox.web import Reply
from ledger.stripe_sandbox.webhooks import SECONDS_UNTIL_RETRY, Receiver, Webhooks

API_KEY = "sk_test_sandbox"
SECRET = "whsec_sandbox"  # noqa: S105 (known to everybody, and good for nothing but the sandbox)


class Sandbox(Control):
    """A server that behaves like the part of Stripe that Weft uses.

        with Sandbox(webhook="http://127.0.0.1:8000/…", secret="whsec_…") as sandbox:
            client = stripe.StripeClient(API_KEY, base_addresses={"api": sandbox.url})

    `webhook` is an address, a function that takes a body and headers and returns a status, or
    several of them. With `held`, events wait until `deliver_events()` sends them in the caller's
    own thread. `state` names a file that keeps everything; without it, all is forgotten at the end.
    `public_url` is what people's browsers know the sandbox by.
    """

    def __init__(
        self,
        *,
        webhook: str | Receiver | Iterable[str | Receiver] = (),
        secret: str = SECRET,
        held: bool = False,
        port: int = 0,
        state: Path | None = None,
        public_url: str | None = None,
        retry_seconds: float = SECONDS_UNTIL_RETRY,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        targets = [webhook] if isinstance(webhook, str) or callable(webhook) else list(webhook)
        account = Account(state)
        api.forget_old(account)
        webhooks = Webhooks(account, targets, secret, held=held, retry_seconds=retry_seconds)
        super().__init__(account, webhooks, Faults())
        self._server = Server("127.0.0.1", port, self._respond, log)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.public_url = (public_url or self.url).rstrip("/")

    def start(self) -> Self:
        self._server.start()
        self.webhooks.start()
        return self

    def stop(self) -> None:
        self.webhooks.stop()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _respond(self, call: Call) -> Reply | Trouble:
        if not call.path.startswith("/v1/"):
            return web.reply(self, call, public_host=urlsplit(self.public_url).hostname or "")
        answer = api.handle(self.account, self.faults, call, pages=self.public_url)
        if not isinstance(answer, Answer):
            return answer
        headers = {"Content-Type": "application/json", **answer.headers}
        return Reply(answer.status, answer.text(), headers)
