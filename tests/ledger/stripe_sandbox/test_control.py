"""The sandbox as the demo runs it: control over HTTP, a page with buttons, a file that keeps it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import stripe

import ledger.stripe_sandbox
from ledger.stripe_sandbox import Sandbox
from tests.ledger.stripe_sandbox.conftest import PostBox, client_of, order
from tests.ledger.stripe_sandbox.test_checkout import visit

PACKAGE = Path(ledger.stripe_sandbox.__file__).parent
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(
    sandbox: Sandbox, verb: str, *, headers: dict[str, str] | None = None, **values: Any
) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{sandbox.url}/_sandbox/{verb}",
        json.dumps(values).encode(),
        {"Content-Type": "application/json", **(headers or {})},
    )
    try:
        with OPENER.open(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)


def test_the_verbs_are_there_over_http_too(
    sandbox: Sandbox, session: stripe.checkout.Session
) -> None:
    assert control(sandbox, "choose", session=session.id, choice="bacs") == (
        200,
        {"result": "complete"},
    )
    status, answer = control(sandbox, "settle_bacs", payment=session.id, ok=False)
    assert (status, answer["result"]["status"]) == (200, "requires_payment_method")
    assert control(sandbox, "advance", days=3)[0] == 200
    status, answer = control(sandbox, "events", type="checkout.session.completed")
    assert len(answer["result"]) == 1


def test_a_verb_that_cannot_be_done_says_why(
    sandbox: Sandbox, session: stripe.checkout.Session
) -> None:
    status, answer = control(sandbox, "settle_bacs", payment="pi_none")
    assert (status, answer["error"]["code"]) == (404, "resource_missing")
    status, answer = control(sandbox, "settle_bacs", pament="pi_none")
    assert (status, answer["error"]["code"]) == (400, "parameter_unknown")
    assert control(sandbox, "settle_bacs")[0] == 400
    assert control(sandbox, "fail_next", trouble="flood")[0] == 400


def test_neither_unlisted_methods_nor_other_sites_have_control(sandbox: Sandbox) -> None:
    assert visit(f"{sandbox.url}/_sandbox/stop", x="1")[0] == 404
    assert visit(f"{sandbox.url}/_sandbox/advance")[0] == 404
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        assert control(sandbox, "go_down", headers=headers)[0] == 403
    assert not sandbox.faults.down


def buttons(page: str, words: str) -> list[tuple[str, dict[str, str]]]:
    """The address and the fields of each form whose button says this."""
    forms = re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.S)
    return [
        (action, dict(re.findall(r'name="(\w+)" value="([^"]*)"', inside)))
        for action, inside in forms
        if words in inside
    ]


def press(sandbox: Sandbox, words: str) -> tuple[int, str, str]:
    _, _, page = visit(f"{sandbox.url}/_sandbox/")
    action, fields = buttons(page, words)[0]
    return visit(sandbox.url + action, **(fields or {"pressed": ""}))


def test_a_visitor_decides_what_the_banks_do(
    sandbox: Sandbox, box: PostBox, client: stripe.StripeClient, session: stripe.checkout.Session
) -> None:
    assert "Nobody has paid yet" in visit(f"{sandbox.url}/_sandbox/")[2]
    sandbox.choose(session, "bacs")
    page = visit(f"{sandbox.url}/_sandbox/")[2]
    assert "Waiting for the bank" in page
    assert "£50.00 by Direct Debit ending 2345" in page

    assert press(sandbox, "Let it succeed")[:2] == (303, "/_sandbox/")
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    press(sandbox, "Pay out")
    assert client.v1.payouts.list().data[0].status == "paid"
    press(sandbox, "Dispute")
    assert client.v1.disputes.list().data[0].status == "lost"
    sandbox.deliver_events()
    box.got.clear()
    press(sandbox, "Send again")
    assert box.types == ["charge.dispute.closed"]


def test_a_button_pressed_too_late_explains_itself(
    sandbox: Sandbox, session: stripe.checkout.Session
) -> None:
    sandbox.choose(session, "bacs")
    page = visit(f"{sandbox.url}/_sandbox/")[2]
    action, fields = buttons(page, "Let it fail")[0]
    sandbox.settle_bacs(session)
    status, _, page = visit(sandbox.url + action, **fields)
    assert status == 400
    assert "not being collected" in page


def test_everything_survives_a_restart(tmp_path: Path, box: PostBox) -> None:
    file = tmp_path / "var" / "sandbox.json"
    with Sandbox(state=file, webhook=box, held=True) as sandbox:
        client = client_of(sandbox)
        session = client.v1.checkout.sessions.create(order(), {"idempotency_key": "order-12"})
        sandbox.choose(session, "bacs")
        sandbox.advance(days=1)
        waiting = sandbox.webhooks.waiting()
    assert not list(file.parent.glob("*.new"))

    with Sandbox(state=file, webhook=box, held=True) as sandbox:
        client = client_of(sandbox)
        assert sandbox.webhooks.waiting() == waiting
        sandbox.settle_bacs(session)
        now = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
        assert now.payment_status == "paid"
        sandbox.deliver_events()
        assert box.types[-1] == "checkout.session.async_payment_succeeded"

    with Sandbox(state=file, webhook=box, held=True) as sandbox:
        assert sandbox.webhooks.waiting() == []


def test_pages_stand_where_browsers_know_the_sandbox(box: PostBox) -> None:
    with Sandbox(webhook=box, held=True, public_url="http://pay.localhost:8001/") as sandbox:
        session = client_of(sandbox).v1.checkout.sessions.create(order())
        assert str(session.url).startswith("http://pay.localhost:8001/c/pay/cs_test_")
        headers = {"Host": "pay.localhost:8001", "Origin": "http://pay.localhost:8001"}
        assert control(sandbox, "advance", headers=headers, days=1)[0] == 200


def test_pages_set_no_cookies_and_run_no_scripts(session: stripe.checkout.Session) -> None:
    with OPENER.open(str(session.url), timeout=5) as answer:
        assert answer.headers["Set-Cookie"] is None
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "form-action" not in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.read().decode()


def test_it_runs_as_a_program_of_its_own(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [
            *(sys.executable, "-m", "ledger.stripe_sandbox", "--port", "0"),
            *("--state", str(tmp_path / "state.json"), "--webhook", "http://127.0.0.1:9/none"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert program.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", program.stdout.readline())
        assert found is not None
        assert visit(f"{found[0]}/_sandbox/")[0] == 200
    finally:
        program.send_signal(signal.SIGTERM)
    assert program.wait(timeout=5) == 0


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
def test_the_sandbox_knows_nothing_of_django_or_of_weft(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    imported = re.findall(r"^(?:from|import) (\S+)", source, re.M)
    ours = [name for name in imported if name.startswith("ledger")]
    assert all(name.startswith("ledger.stripe_sandbox") for name in ours)
    others = {name.split(".")[0] for name in imported} - set(sys.stdlib_module_names)
    assert others <= {"ledger", "stripe", "typing_extensions"}
