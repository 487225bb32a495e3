"""What a test or a demo visitor decides in place of payers, their banks, the network and time.

The verbs are methods; `POST /_sandbox/<verb>` with a JSON object calls the same ones over HTTP.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from ledger.stripe_sandbox import api
from ledger.stripe_sandbox.account import Account, Object, shown
from ledger.stripe_sandbox.clock import DAY
from ledger.stripe_sandbox.errors import ApiError
from ledger.stripe_sandbox.faults import Fault, Faults, Trouble
from ledger.stripe_sandbox.objects import (
    balance,
    charges,
    checkout,
    disputes,
    mandates,
    payment_methods,
    payouts,
    refunds,
    sessions,
)
from ledger.stripe_sandbox.webhooks import Delivery, Signed, Webhooks


class HasId(Protocol):
    id: str


Named = str | Mapping[str, Any] | HasId
"""An object of Stripe's, or its id."""


def id_of(named: Named) -> str:
    if isinstance(named, str):
        return named
    return str(named["id"]) if isinstance(named, Mapping) else named.id


class Control:
    def __init__(self, account: Account, webhooks: Webhooks, faults: Faults) -> None:
        self.account = account
        self.webhooks = webhooks
        self.faults = faults

    @contextmanager
    def _turn(self) -> Iterator[Account]:
        with self.account.turn():
            api.catch_up(self.account)
            yield self.account

    # Payers

    def choose(self, session: Named, choice: str = "card") -> checkout.Step:
        """On the session's page: `bacs`, or one of the cards in `checkout.CHOICES`."""
        with self._turn() as account:
            return checkout.choose(account, self._session(session), choice)

    def authenticate(self, session: Named, *, ok: bool = True) -> checkout.Step:
        """After `choose(…, "card_3ds")`: confirm to the bank, or fail to."""
        with self._turn() as account:
            return checkout.authenticate(account, self._session(session), ok=ok)

    def expire(self, session: Named) -> Object:
        """Nobody paid in time."""
        with self._turn() as account:
            return _copy(sessions.lapse(account, self._session(session)))

    def behave(self, payment_method: Named, *, later: str = "generic_decline") -> Object:
        """A saved card's next off-session charges: `pays`, `asks`, or the code of a decline."""
        with self._turn() as account:
            return _copy(payment_methods.behave(account, id_of(payment_method), later))

    # Banks

    def settle_bacs(
        self, payment: Named, *, ok: bool = True, code: str = "insufficient_funds"
    ) -> Object:
        """The bank's answer to a Direct Debit, named by its PaymentIntent or Checkout Session."""
        with self._turn() as account:
            return _copy(checkout.settle_bacs(account, self._intent(payment), ok=ok, code=code))

    def settle_mandate(self, mandate: Named, *, ok: bool = True) -> Object:
        with self._turn() as account:
            return _copy(mandates.settle(account, id_of(mandate), ok=ok))

    def revoke_mandate(self, mandate: Named, *, reason: str = "debit_not_authorized") -> Object:
        with self._turn() as account:
            return _copy(mandates.revoke(account, id_of(mandate), reason=reason))

    def settle_refund(self, refund: Named, *, ok: bool = True) -> Object:
        """A bank's refund arrives or comes back; a card's may come back too."""
        with self._turn() as account:
            return _copy(refunds.settle(account, id_of(refund), ok=ok))

    def dispute(self, payment: Named, *, reason: str = "fraudulent") -> Object:
        """The payer's bank takes back a charge, named by itself, its intent or its session."""
        with self._turn() as account:
            return _copy(disputes.open(account, self._charge(payment), reason=reason))

    def close_dispute(self, dispute: Named, *, won: bool = False) -> Object:
        with self._turn() as account:
            return _copy(disputes.end(account, account.get("dispute", id_of(dispute)), won=won))

    def make_payout(self, *, early: bool = False, arrives: bool = True) -> Object:
        """All that is available goes to the bank, or `early` what is pending too."""
        with self._turn() as account:
            if early:
                balance.mature(account, early=True)
            payout = payouts.automatic(account)
            return _copy(payouts.settle(account, payout, ok=True) if arrives else payout)

    def settle_payout(self, payout: Named, *, ok: bool = True) -> Object:
        with self._turn() as account:
            return _copy(payouts.settle(account, account.get("payout", id_of(payout)), ok=ok))

    def delay_fees(self) -> None:
        """From now on the balance transaction, and so the fee, comes after the payment."""
        self.account.fees_come_later = True

    def let_fees_arrive(self) -> list[Object]:
        with self._turn() as account:
            account.fees_come_later = False
            return [_copy(charge) for charge in charges.book_all(account)]

    # Time

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> int:
        """Move the sandbox's clock on, and let happen what time alone brings about; the new
        time.
        """
        with self.account.turn():
            self.account.clock.advance(int(days * DAY + hours * 3600 + seconds))
            self.account.touch()
            api.catch_up(self.account)
            return self.account.clock.now()

    # Events

    def events(self, type: str | None = None) -> list[Object]:
        """All that happened, oldest first."""
        with self.account.lock:
            return [_copy(event) for event in self.account.events(type)]

    def last_event(self, type: str) -> Object:
        found = self.events(type)
        if not found:
            raise ApiError(f"No {type} has happened.", code="sandbox_state")
        return found[-1]

    def hold_events(self) -> None:
        self.webhooks.hold()

    def release_events(self) -> None:
        self.webhooks.release()

    def deliver_events(self, *, newest_first: bool = False) -> list[Delivery]:
        """Send what waits now and in this thread, also while events are held."""
        return self.webhooks.deliver(newest_first=newest_first)

    def wait_until_quiet(self, *, seconds: float = 5) -> bool:
        return self.webhooks.wait_until_quiet(seconds)

    def drop(self, event: Named) -> None:
        """This event gets lost on the way."""
        self.webhooks.drop(id_of(event))

    def send(
        self, event: Named, *, times: int = 1, together: bool = False, at: int | None = None
    ) -> list[int]:
        """Send this event, again if it went before; the statuses that came back, 0 where nobody
        answered.
        """
        return self.webhooks.send(id_of(event), times=times, together=together, at=at)

    def signed(
        self, event: Named, *, secrets: Iterable[str] | None = None, at: int | None = None
    ) -> Signed:
        """The body and headers of a webhook, to post by other means; any dictionary may be
        signed, also a forged one.
        """
        made_up = isinstance(event, (str, dict))
        return self.webhooks.signed(
            event if made_up else id_of(event),  # type: ignore[arg-type]
            secrets=secrets,
            at=at,
        )

    def rotate_secret(self, secret: str, *, keep_old: bool = True) -> None:
        """Sign by the new secret, and by the old one too while both hold."""
        self.webhooks.secrets = [secret, *(self.webhooks.secrets if keep_old else [])]

    # Trouble

    def fail_next(
        self,
        trouble: Trouble = "drop",
        *,
        after_the_work: bool = False,
        calls: int = 1,
        path: str = "/v1/",
    ) -> None:
        """The next calls whose path begins so get no answer, or 500; the work may have been done
        all the same.
        """
        self.faults.add(Fault(trouble, after_the_work, calls, path))

    def go_down(self) -> None:
        """Every call of the API breaks off, until `come_up`."""
        self.faults.down = True

    def come_up(self) -> None:
        self.faults.clear()

    # What the arguments name

    def get(self, named: Named) -> Object:
        """Any object as it is now."""
        with self.account.lock:
            return _copy(self._found(id_of(named)))

    def _found(self, id: str) -> Object:
        found = self.account.find(id)
        if found is None:
            raise ApiError(f"No such object: '{id}'", status=404, code="resource_missing")
        return found

    def _session(self, named: Named) -> Object:
        return self.account.get("checkout.session", id_of(named))

    def _intent(self, named: Named) -> Object:
        found = self._found(id_of(named))
        if found["object"] == "checkout.session" and found["payment_intent"]:
            return self.account.get("payment_intent", found["payment_intent"])
        return self.account.get("payment_intent", found["id"])

    def _charge(self, named: Named) -> Object:
        found = self._found(id_of(named))
        if found["object"] == "charge":
            return found
        return self.account.get("charge", self._intent(found)["latest_charge"])


def _copy(made: Object) -> Object:
    copied: Object = shown(made)
    return copied


VERBS = [
    "advance",
    "authenticate",
    "behave",
    "choose",
    "close_dispute",
    "come_up",
    "delay_fees",
    "deliver_events",
    "dispute",
    "drop",
    "events",
    "expire",
    "fail_next",
    "get",
    "go_down",
    "hold_events",
    "last_event",
    "let_fees_arrive",
    "make_payout",
    "release_events",
    "revoke_mandate",
    "send",
    "settle_bacs",
    "settle_mandate",
    "settle_payout",
    "settle_refund",
]
"""Those that HTTP may call."""
