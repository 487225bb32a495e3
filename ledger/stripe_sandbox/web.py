"""Everything that is not Stripe's API: the payer's pages and the control of the sandbox."""

import json
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ledger.stripe_sandbox.api import Call
from ledger.stripe_sandbox.control import VERBS, Control
from ledger.stripe_sandbox.errors import ApiError
from ledger.stripe_sandbox.objects import checkout
from ledger.stripe_sandbox.pages import dashboard, hosted
from ledger.stripe_sandbox.pages.layout import HEADERS

PAY, CONTROL = "/c/pay/", "/_sandbox/"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Reply:
    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def _page(text: str, status: int = 200) -> Reply:
    return Reply(status, text, {"Content-Type": "text/html; charset=utf-8", **HEADERS})


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value, indent=2), {"Content-Type": "application/json"})


def _see(url: str) -> Reply:
    return Reply(303, "", {"Location": url, "Cache-Control": "no-store"})


def reply(control: Control, call: Call, *, public_host: str) -> Reply:
    if call.path.startswith(PAY):
        return _paying(control, call)
    if call.path.startswith(CONTROL):
        return _controlling(control, call, public_host)
    if call.path == "/":
        return _see(CONTROL)
    return _page(hosted.absent(), 404)


# Paying


def _paying(control: Control, call: Call) -> Reply:
    id, _, step = call.path.removeprefix(PAY).partition("/")
    with control.account.lock:
        session = control.account.kinds.get("checkout.session", {}).get(id)
    if session is None or step not in ("", "confirm"):
        return _page(hosted.absent(), 404)
    if call.method == "POST":
        return _paid(control, id, step, dict(parse_qsl(call.body)))
    with control.account.turn():
        if session["status"] != "open":
            return _page(hosted.closed(session))
        if step == "confirm" and checkout.being_asked(control.account, session):
            return _page(hosted.confirm(session))
        return _page(hosted.pay(session, checkout.last_error(control.account, session)))


def _paid(control: Control, id: str, step: str, form: dict[str, str]) -> Reply:
    try:
        if step == "confirm":
            outcome = control.authenticate(id, ok=form.get("ok") == "true")
        else:
            outcome = control.choose(id, form.get("choice", ""))
    except ApiError:
        return _see(PAY + id)  # somebody else got there first, or the form was not the page's own
    if outcome == "authenticate":
        return _see(f"{PAY}{id}/confirm")
    return _see(hosted.after(control.get(id)) if outcome == "complete" else PAY + id)


# Control


def _controlling(control: Control, call: Call, public_host: str) -> Reply:
    if not _from_here(call, public_host):
        return _json(
            {"error": {"message": "The control of the sandbox is for this machine only."}}, 403
        )
    verb = call.path.removeprefix(CONTROL)
    if call.method == "GET" and not verb:
        return _dashboard(control)
    if call.method != "POST" or verb not in VERBS:
        return _page(hosted.absent(), 404)
    as_json = call.headers.get("content-type", "").startswith("application/json")
    try:
        values = json.loads(call.body or "{}") if as_json else dict(parse_qsl(call.body))
        result = _called(control, verb, values, typed=as_json)
    except ApiError as error:
        if as_json:
            return _json(error.envelope(), error.status)
        return _dashboard(control, error=str(error), status=error.status)
    return _json({"result": result}) if as_json else _see(CONTROL)


def _from_here(call: Call, public_host: str) -> bool:
    """Neither another site's page nor a foreign name for this machine may press the buttons."""
    host = urlsplit(f"//{call.headers.get('host', '')}").hostname
    origin = call.headers.get("origin")
    known = (*LOOPBACK, public_host)
    return host in known and (origin is None or urlsplit(origin).hostname in known)


def _called(control: Control, verb: str, values: dict[str, Any], *, typed: bool) -> Any:
    method = getattr(control, verb)
    hints = typing.get_type_hints(method)
    if not typed:
        values = {name: _from_text(value, hints.get(name)) for name, value in values.items()}
    if unknown := values.keys() - hints.keys():
        raise ApiError(f"{verb} takes no {', '.join(sorted(unknown))}.", code="parameter_unknown")
    try:
        return method(**values)
    except TypeError as error:
        raise ApiError(f"{verb}: {error}") from error


def _from_text(value: str, hint: Any) -> Any:
    return value == "true" if hint is bool else value


def _dashboard(control: Control, *, error: str | None = None, status: int = 200) -> Reply:
    with control.account.turn():
        page = dashboard.render(control.account, held=control.webhooks.held, error=error)
    return _page(page, status)
