"""One call of the API: the key, the parameters, the idempotency key, the work, the answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe

from ledger.stripe_sandbox import checking, forms, routes
from ledger.stripe_sandbox.account import Account, Object, new_id, shown
from ledger.stripe_sandbox.clock import DAY
from ledger.stripe_sandbox.errors import ApiError
from ledger.stripe_sandbox.faults import Faults, Trouble
from ledger.stripe_sandbox.objects import balance, events, sessions
from ledger.stripe_sandbox.rendering import expanded

TEST_KEY = "sk_test_"
KEY_LENGTH = 255
SERVER_ERROR = {"error": {"type": "api_error", "message": "The sandbox was asked to fail."}}


@dataclass(frozen=True)
class Call:
    """What came over HTTP: `query` and `body` still encoded, header names in lower case."""

    method: str
    path: str
    query: str = ""
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def idempotency_key(self) -> str | None:
        return self.headers.get("idempotency-key") if self.method == "POST" else None


@dataclass(frozen=True)
class Answer:
    status: int
    body: Object
    headers: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps(self.body, indent=2)


def handle(account: Account, faults: Faults, call: Call, *, pages: str) -> Answer | Trouble:
    """The answer, or how the connection goes wrong instead."""
    fault = faults.take(call.path)
    if fault and not fault.after_the_work:
        return _instead(fault.trouble)
    with account.turn():
        catch_up(account)
        answer = _answer(account, call, pages)
    return _instead(fault.trouble) if fault else answer


def _instead(trouble: Trouble) -> Answer | Trouble:
    return Answer(500, SERVER_ERROR) if trouble == "error" else trouble


def catch_up(account: Account) -> None:
    """What time alone has brought about since anybody last looked."""
    sessions.lapse_overdue(account)
    balance.mature(account)


def _answer(account: Account, call: Call, pages: str) -> Answer:
    request_id = new_id("req")
    headers = {"Request-Id": request_id, "Stripe-Version": stripe.api_version}
    key = call.idempotency_key
    if key:
        headers["Idempotency-Key"] = key
    account.request = {"id": request_id, "idempotency_key": key}
    try:
        _authenticate(call.headers.get("authorization", ""))
        route, ids = routes.found(call.method, call.path)
        raw = forms.decoded(call.body if call.method == "POST" else call.query)
        if key and (kept := _kept(account, key, call, raw)):
            headers |= {"Idempotent-Replayed": "true", "Original-Request": kept["request"]}
            return Answer(kept["status"], kept["body"], headers)
        params = checking.checked(raw, route.shape)
        checking.only(params, route.known)
    except ApiError as error:
        return Answer(error.status, error.envelope(), headers)
    try:
        done = routes.act(route, account, ids, params, pages=pages)
        answer = Answer(200, expanded(account, shown(done), params.get("expand", [])), headers)
    except ApiError as error:
        answer = Answer(error.status, error.envelope(), headers)
    if key:
        _keep(account, key, call, raw, answer)
    return answer


def _authenticate(authorization: str) -> None:
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise ApiError("You did not provide an API key.", status=401)
    if not key.startswith(TEST_KEY):
        raise ApiError(f"Invalid API Key provided: {key[:8]}***", status=401)


def _kept(account: Account, key: str, call: Call, raw: dict[str, Any]) -> Object | None:
    """The first answer to this key, for a day; another call with the same key is refused."""
    if len(key) > KEY_LENGTH:
        raise ApiError(f"Idempotency keys can be up to {KEY_LENGTH} characters long.")
    kept = account.answers.get(key)
    if kept is None or _forgotten(account, kept):
        return None
    if kept["path"] != call.path:
        raise _other_use(key, f"for the same endpoint ('{call.path}' is not '{kept['path']}')")
    if kept["params"] != raw:
        raise _other_use(key, "with the same parameters")
    return kept


def _other_use(key: str, rule: str) -> ApiError:
    return ApiError(
        f"Keys for idempotent requests can only be used again {rule}. Try using a key other than "
        f"'{key}' if you meant to execute a different request.",
        type="idempotency_error",
    )


def _forgotten(account: Account, kept: Object) -> bool:
    return bool(kept["created"] <= account.clock.now() - DAY)


def forget_old(account: Account) -> None:
    """What nobody can ask for any more need not be kept in the file."""
    events.forget_old(account)
    account.answers = {
        key: kept for key, kept in account.answers.items() if not _forgotten(account, kept)
    }


def _keep(account: Account, key: str, call: Call, raw: dict[str, Any], answer: Answer) -> None:
    """Every answer but a refusal of parameters is kept: with that the work had not begun."""
    account.answers[key] = {
        "path": call.path,
        "params": raw,
        "status": answer.status,
        "body": answer.body,
        "request": answer.headers["Request-Id"],
        "created": account.clock.now(),
    }
    account.touch()
