"""The page of a Checkout Session, where somebody chooses how to pay and how it goes."""

from html import escape

from ledger.stripe_sandbox import money
from ledger.stripe_sandbox.account import Object
from ledger.stripe_sandbox.pages.layout import error_box, framed

PAYING = {
    "card": ("Card: it works", "The payment goes through at once."),
    "card_3ds": ("Card: the bank asks", "One more page, where the bank asks if it is you."),
    "card_declined": ("Card: it is declined", "You come back here and can try again."),
    "bacs": ("Direct Debit", "Asked of the bank now. Whether the money comes is known days later."),
}
SAVING = {
    "card": ("Card: it works", "Saved, and can be charged later."),
    "card_3ds": ("Card: the bank asks", "One more page, where the bank asks if it is you."),
    "card_declined": ("Card: it is declined", "You come back here and can try again."),
    "card_declined_later": (
        "Card: saved, declined later",
        "Saved now, and declined when it is charged.",
    ),
    "bacs": ("Direct Debit", "Gives permission to collect from a bank account."),
}


def pay(session: Object, error: str | None) -> str:
    setup = session["mode"] == "setup"
    heading = "Save a way to pay" if setup else f"Pay {money.said(session['amount_total'])}"
    question = "What would you like to save?" if setup else "How would you like to pay?"
    again = f"{error} Please try again, or choose another way." if error else None
    return framed(
        f"Error: {heading}" if error else heading,
        f"""<h1>{escape(heading)}</h1>
{error_box(again)}
{_items(session)}
<form method="post" action="/c/pay/{session["id"]}" class="card">
<fieldset><legend>{question}</legend>
{_choices(session)}
</fieldset>
<button class="main-button">{escape("Save" if setup else heading)}</button>
</form>
{_way_back(session)}""",
    )


def _items(session: Object) -> str:
    if session["mode"] == "setup":
        return '<p class="soft">Nothing is paid now.</p>'
    rows = "".join(
        f"<li><span>{escape(item['description'])}{_times(item['quantity'])}</span>"
        f"<span>{money.said(item['amount_total'])}</span></li>"
        for item in session["_line_items"]
    )
    return f'<ul class="items card">{rows}</ul>'


def _times(quantity: int) -> str:
    return f" × {quantity}" if quantity > 1 else ""


def _choices(session: Object) -> str:
    choices = SAVING if session["mode"] == "setup" else PAYING
    types = session["payment_method_types"]
    offered = [name for name in choices if ("bacs_debit" if name == "bacs" else "card") in types]
    return "\n".join(
        f'<label class="choice"><input type="radio" name="choice" value="{name}" required'
        f"{' checked' if name == offered[0] else ''}>"
        f"<span>{choices[name][0]}<small>{choices[name][1]}</small></span></label>"
        for name in offered
    )


def _way_back(session: Object) -> str:
    if not session["cancel_url"]:
        return ""
    words = "Go back without saving" if session["mode"] == "setup" else "Go back without paying"
    return f'<p><a href="{escape(session["cancel_url"])}">{words}</a></p>'


def confirm(session: Object) -> str:
    return framed(
        "Is it you?",
        """<h1>Your bank asks: is it you?</h1>
<p>With a real card this page would be your bank's (3-D Secure).</p>
<form method="post" class="card row">
<button name="ok" value="true">Yes, it is me</button>
<button class="plain" name="ok" value="false">Fail the check</button>
</form>""",
    )


def closed(session: Object) -> str:
    if session["status"] == "expired":
        return framed(
            "Out of time", "<h1>This page is out of time</h1><p>Nothing was paid here.</p>"
        )
    onward = f'<p><a href="{escape(after(session))}">Go on</a></p>'
    return framed(
        "Done", f"<h1>You have finished here</h1><p>There is nothing more to do.</p>{onward}"
    )


def absent() -> str:
    return framed("Not found", "<h1>There is no such page</h1>")


def after(session: Object) -> str:
    """Where the payer goes on to; Stripe puts the session's id where the address asks for it."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])
