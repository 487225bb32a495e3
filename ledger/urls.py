from dataclasses import replace

from django.urls import path

from core.doors import EVERYONE, Door, door
from ledger import views

app_name = "ledger"

urlpatterns = [
    path("", views.money, name="money"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<int:pk>/done/", views.finish_task, name="finish_task"),
    path("tasks/<int:pk>/order/", views.place_money, name="place_money"),
    path("orders/", views.orders, name="orders"),
    path("orders/find/", views.find_order, name="find_order"),
    path("orders/<int:pk>/", views.order, name="order"),
    path("orders/<int:pk>/payment/", views.record_payment, name="record_payment"),
    path("orders/<int:pk>/pay-back/", views.pay_back, name="pay_back"),
    path("orders/<int:pk>/cancel/", views.cancel_order, name="cancel_order"),
    path("payments/<int:pk>/undo/", views.undo_payment, name="undo_payment"),
    path("payments/<int:pk>/refund/", views.refund_payment, name="refund_payment"),
    path("payments/<int:pk>/unplace/", views.unplace_money, name="unplace_money"),
    path("pay-outs/", views.pay_outs, name="pay_outs"),
    path("pay-outs/<int:pk>/", views.pay_out, name="pay_out"),
    path("pay-outs/<int:pk>/paid/", views.make_pay_out, name="make_pay_out"),
    path("pay-outs/<int:pk>/undo/", views.undo_pay_out, name="undo_pay_out"),
    path("pay-outs/<int:pk>/call-off/", views.call_off_pay_out, name="call_off_pay_out"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/csv/", views.accounts_csv, name="accounts_csv"),
    path("accounts/<slug:code>/", views.account, name="account"),
    path("accounts/<slug:code>/csv/", views.account_csv, name="account_csv"),
    path("journals/new/", views.journal_new, name="journal_new"),
    path("journals/<int:pk>/", views.journal, name="journal"),
    path("journals/<int:pk>/reverse/", views.reverse_journal, name="reverse_journal"),
    path("parties/<int:pk>/", views.party, name="party"),
    path("statements/", views.statements, name="statements"),
    path("statements/read/", views.statement_read, name="statement_read"),
    path("statements/accounts/new/", views.bank_account_new, name="bank_account_new"),
    path("statements/accounts/<int:pk>/", views.bank_account, name="bank_account"),
    path("statements/accounts/<int:pk>/edit/", views.bank_account_edit, name="bank_account_edit"),
    path(
        "statements/accounts/<int:pk>/columns/", views.statement_columns, name="statement_columns"
    ),
    path("statements/<int:pk>/", views.statement, name="statement"),
    path("statements/<int:pk>/take-in/", views.take_in, name="take_in"),
    path("statements/<int:pk>/discard/", views.discard_import, name="discard_import"),
    path("statements/<int:pk>/undo/", views.undo_import, name="undo_import"),
    path("statements/<int:pk>/accept/", views.accept_all_certain, name="accept_all_certain"),
    path("statements/<int:pk>/csv/", views.statement_csv, name="statement_csv"),
    path("statements/lines/<int:pk>/", views.bank_line, name="bank_line"),
    path("statements/lines/<int:pk>/accept/", views.accept_proposal, name="accept_proposal"),
    path("statements/lines/<int:pk>/match/", views.match_line, name="match_line"),
    path("statements/lines/<int:pk>/undo/", views.undo_match, name="undo_match"),
    path("owed/", views.debt, name="debt"),
    path("owed/csv/", views.debt_csv, name="debt_csv"),
    path("paying/<str:token>/", views.waiting, name="waiting"),
    path("stripe/webhook/", views.stripe_webhook, name="stripe_webhook"),
]

_OFFICERS = ("secretary", "treasurer", "board")
_KEEPERS = ("secretary", "treasurer")
_PAY_OUT_STATES = ("prepared", "paid", "called_off")
_STATEMENT_STATES = ("preview", "imported", "undone", "discarded")
_LINE_STATES = ("preview", "new", "matched", "undone")
_STATEMENT = door(*_KEEPERS, row="statement", states=_STATEMENT_STATES)
_CHANGES_STATEMENT = replace(_STATEMENT, post=True)
_LINE = door(*_KEEPERS, row="bank_line", states=_LINE_STATES)
_CHANGES_LINE = replace(_LINE, post=True)
_ORDER_STATES = ("open", "paid", "cancelled")

DOORS: dict[str, Door] = {
    # Whoever holds the address, which is signed and lasts a day; it says no names.
    "waiting": Door(EVERYONE, row="waiting", states=("started", "processing", "failed", "paid")),
    # Stripe itself calls this one; the view looks at its signature.
    "stripe_webhook": Door(EVERYONE, post=True),
    "money": door(*_OFFICERS),
    "tasks": door(*_OFFICERS),
    "finish_task": door(*_KEEPERS, row="task", post=True),
    "place_money": door(*_KEEPERS, row="unplaced_task"),
    "orders": door(*_KEEPERS),
    "find_order": door(*_KEEPERS, post=True),
    "order": door(*_KEEPERS, row="order", states=_ORDER_STATES),
    "record_payment": door(*_KEEPERS, row="order", states=_ORDER_STATES, post=True),
    "pay_back": door(*_KEEPERS, row="order", states=_ORDER_STATES, post=True),
    "cancel_order": door(*_KEEPERS, row="order", states=_ORDER_STATES, post=True),
    "undo_payment": door(*_KEEPERS, row="payment", post=True),
    "refund_payment": door(*_KEEPERS, row="payment", post=True),
    "unplace_money": door(*_KEEPERS, row="payment"),
    "pay_outs": door(*_OFFICERS),
    "pay_out": door(*_OFFICERS, row="pay_out", states=_PAY_OUT_STATES),
    "make_pay_out": door("treasurer", "board", row="pay_out", states=_PAY_OUT_STATES, post=True),
    "undo_pay_out": door("treasurer", "board", row="pay_out", states=_PAY_OUT_STATES, post=True),
    "call_off_pay_out": door(*_KEEPERS, row="pay_out", states=_PAY_OUT_STATES, post=True),
    "accounts": door(*_OFFICERS),
    "accounts_csv": door(*_OFFICERS),
    "account": door(*_OFFICERS, row="account"),
    "account_csv": door(*_OFFICERS, row="account"),
    "journal_new": door("treasurer"),
    "journal": door(*_OFFICERS, row="journal"),
    "reverse_journal": door("treasurer", row="journal"),
    "party": door(*_OFFICERS, row="party"),
    "statements": door(*_KEEPERS),
    "statement_read": door(*_KEEPERS),
    "bank_account_new": door(*_KEEPERS),
    "bank_account": door(*_KEEPERS, row="bank_account"),
    "bank_account_edit": door(*_KEEPERS, row="bank_account"),
    "statement_columns": door(*_KEEPERS, row="bank_account"),
    "statement": _STATEMENT,
    "take_in": _CHANGES_STATEMENT,
    "discard_import": _CHANGES_STATEMENT,
    "undo_import": _CHANGES_STATEMENT,
    "accept_all_certain": _CHANGES_STATEMENT,
    "statement_csv": _STATEMENT,
    "bank_line": _LINE,
    "accept_proposal": _CHANGES_LINE,
    "match_line": _CHANGES_LINE,
    "undo_match": _CHANGES_LINE,
    "debt": door(*_OFFICERS),
    "debt_csv": door(*_OFFICERS),
}
