"""`/_sandbox/`: what was paid, and buttons for what banks, payers and the post would do."""

from datetime import UTC, datetime
from html import escape

from ledger.stripe_sandbox import money
from ledger.stripe_sandbox.account import Account, Object
from ledger.stripe_sandbox.objects import balance
from ledger.stripe_sandbox.pages.layout import error_box, framed

PAYMENTS, EVENTS = 50, 25
STATES = {"pending": "Waiting for the bank", "succeeded": "Paid", "failed": "Failed"}


def render(account: Account, *, held: bool, error: str | None = None) -> str:
    return framed(
        "What happens next",
        f"""<h1>What happens next</h1>
<p>Here you decide what banks do. The co-operative's site hears of it as it would from Stripe.</p>
{error_box(error)}
{_money(account)}
{_payments(account)}
{_events(account, held)}""",
        wide=True,
    )


def _money(account: Account) -> str:
    available, pending = balance.total(account, "available"), balance.total(account, "pending")
    button = _button("make_payout", "Pay out", early="true") if available + pending > 0 else ""
    return f"""<h2>Balance</h2>
<p>{_signed(available)} can be paid out now; {_signed(pending)} will be in some days.</p>
<div class="row">{button}</div>"""


def _signed(amount: int) -> str:
    return money.said(amount) if amount >= 0 else f"−{money.said(-amount)}"


def _payments(account: Account) -> str:
    newest = account.all("charge")[-PAYMENTS:][::-1]
    if not newest:
        return "<h2>Payments</h2><p>Nobody has paid yet.</p>"
    columns = ["When", "Amount", "By", "State", "Let this happen"]
    table = _table("Payments", columns, [_payment(account, charge) for charge in newest])
    return f"<h2>Payments</h2>{table}"


def _payment(account: Account, charge: Object) -> str:
    type = charge["payment_method_details"]["type"]
    last4 = charge["payment_method_details"][type]["last4"]
    by = f"{'Direct Debit' if type == 'bacs_debit' else 'Card'} ending {last4}"
    about = f"{money.said(charge['amount'])} by {by}"
    return _row(
        When=_when(charge["created"]),
        Amount=money.said(charge["amount"]),
        By=escape(by),
        State=escape(_state(account, charge)),
        **{"Let this happen": _actions(account, charge, about)},
    )


def _state(account: Account, charge: Object) -> str:
    words = [STATES[charge["status"]]]
    if charge["amount_refunded"]:
        words.append(f"{money.said(charge['amount_refunded'])} refunded")
    for dispute in account.all("dispute", charge=charge["id"]):
        words.append(f"disputed ({dispute['status'].replace('_', ' ')})")
    return ", ".join(words)


def _actions(account: Account, charge: Object, about: str) -> str:
    buttons = []
    if charge["status"] == "pending":
        payment = charge["payment_intent"]
        buttons += [
            _button("settle_bacs", "Let it succeed", about, payment=payment, ok="true"),
            _button("settle_bacs", "Let it fail", about, payment=payment, ok="false"),
        ]
    whole = charge["amount_refunded"] < charge["amount"]
    if charge["status"] == "succeeded" and whole and not charge["disputed"]:
        buttons.append(_button("dispute", "Dispute", about, payment=charge["id"]))
    for refund in account.all("refund", charge=charge["id"], status="pending"):
        of = f"refund of {money.said(refund['amount'])}, {about}"
        buttons += [
            _button("settle_refund", "Let the refund arrive", of, refund=refund["id"], ok="true"),
            _button("settle_refund", "Let the refund fail", of, refund=refund["id"], ok="false"),
        ]
    for dispute in account.all("dispute", charge=charge["id"], status="needs_response"):
        buttons += [
            _button("close_dispute", "Win the dispute", about, dispute=dispute["id"], won="true"),
            _button("close_dispute", "Lose the dispute", about, dispute=dispute["id"], won="false"),
        ]
    row = f'<div class="row">{"".join(buttons)}</div>'
    return row if buttons else '<span class="soft">Nothing more</span>'


def _events(account: Account, held: bool) -> str:
    hold = (
        _button("release_events", "Stop holding events back")
        if held
        else _button("hold_events", "Hold events back")
    )
    newest = account.events()[-EVENTS:][::-1]
    rows = [_event(event) for event in newest]
    table = _table("Events", ["When", "Event", "Told", "Again"], rows)
    return f"""<h2>Events</h2>
<p>Each is told to the site by a signed message, until the site answers that it has it.</p>
<div class="row">{hold}{_button("deliver_events", "Send those that wait")}</div>
{table if newest else "<p>Nothing has happened yet.</p>"}"""


def _event(event: Object) -> str:
    return _row(
        When=_when(event["created"]),
        Event=f"<code>{escape(event['type'])}</code>",
        Told="not yet" if event["pending_webhooks"] else "yes",
        Again=_button("send", "Send again", event["type"], event=event["id"]),
    )


def _table(caption: str, columns: list[str], rows: list[str]) -> str:
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    return f"""<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table>
<caption class="away">{caption}, newest first</caption>
<thead><tr>{heads}</tr></thead>
<tbody>{"".join(rows)}</tbody></table></div>"""


def _row(**cells: str) -> str:
    """Each cell says its column, for screens where the columns stand below each other."""
    inside = "".join(f'<td data-label="{column}">{cell}</td>' for column, cell in cells.items())
    return f"<tr>{inside}</tr>"


def _when(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M:%SZ}">{moment.day} {moment:%b %Y, %H:%M}</time>'


def _button(verb: str, words: str, about: str = "", **values: str) -> str:
    """A form of one button; what it is about is said to those who cannot see its row."""
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in values.items()
    )
    more = f'<span class="away">: {escape(about)}</span>' if about else ""
    return (
        f'<form method="post" action="/_sandbox/{verb}">{fields}'
        f'<button class="plain">{escape(words)}{more}</button></form>'
    )
