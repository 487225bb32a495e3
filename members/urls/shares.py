"""The addresses of shares: paying, holding, buying, keeping. `members.urls` adds them."""

from __future__ import annotations

from django.urls import path

from core.doors import FOR_SIGNED_IN, PUBLIC, Door, door
from members.views import loans, my_shares, paying, share_classes, shares

urlpatterns = [
    path("join/pay/", paying.join_pay, name="join_pay"),
    path("certificate/<slug:code>/", paying.certificate, name="certificate"),
    path("me/shares/", my_shares.my_shares, name="my_shares"),
    path("me/shares/<int:number>/", my_shares.my_holding, name="my_holding"),
    path("me/shares/<int:number>/buy/", my_shares.my_buying, name="my_buying"),
    path("me/shares/<int:number>/certificate/", my_shares.my_certificate, name="my_certificate"),
    path(
        "me/shares/<int:number>/statement.csv",
        my_shares.my_statement_csv,
        name="my_statement_csv",
    ),
    path(
        "me/shares/<int:number>/statement.pdf",
        my_shares.my_statement_pdf,
        name="my_statement_pdf",
    ),
    path("me/purchases/<int:pk>/", my_shares.my_purchase, name="my_purchase"),
    path("me/purchases/<int:pk>/pay/", my_shares.my_purchase_pay, name="my_purchase_pay"),
    path("me/purchases/<int:pk>/cancel/", my_shares.my_purchase_cancel, name="my_purchase_cancel"),
    path("shares/", share_classes.share_classes, name="share_classes"),
    path("shares/add/", share_classes.share_class_new, name="share_class_new"),
    path("shares/<slug:code>/", share_classes.share_class, name="share_class"),
    path("shares/<slug:code>/write-down/", share_classes.write_down, name="write_down"),
    path("register/<int:number>/shares/", shares.shares, name="shares"),
    path("register/<int:number>/shares/buy/", shares.shares_buy, name="shares_buy"),
    path("register/<int:number>/shares/transfer/", shares.shares_transfer, name="shares_transfer"),
    path(
        "register/<int:number>/shares/certificate/",
        shares.shares_certificate,
        name="shares_certificate",
    ),
    path("register/<int:number>/shares/statement.csv", shares.shares_csv, name="shares_csv"),
    path("register/<int:number>/shares/statement.pdf", shares.shares_pdf, name="shares_pdf"),
    path("register/<int:number>/loans/", loans.loans, name="loans"),
    path("register/<int:number>/loans/add/", loans.loan_new, name="loan_new"),
    path("register/<int:number>/loans/repay/", loans.loan_repay, name="loan_repay"),
    path("register/<int:number>/loans/<int:pk>/undo/", loans.loan_undo, name="loan_undo"),
    path("transactions/<int:pk>/correct/", shares.shares_correct, name="shares_correct"),
    path("purchases/<int:pk>/", shares.purchase, name="purchase"),
    path("purchases/<int:pk>/payment/", shares.purchase_payment, name="purchase_payment"),
    path("purchases/<int:pk>/cancel/", shares.purchase_cancel, name="purchase_cancel"),
    path("purchases/<int:pk>/issue/", shares.purchase_issue, name="purchase_issue"),
    path("purchases/<int:pk>/pay-back/", shares.purchase_pay_back, name="purchase_pay_back"),
    path("purchases/<int:pk>/unpaid/", shares.purchase_unpaid, name="purchase_unpaid"),
]

_ENTRY = ("active", "ceased")
_PURCHASE = ("application", "open", "issued", "unpaid", "cancelled")
_MY_PURCHASE = ("open", "issued", "unpaid", "cancelled")
_OFFICERS = ("secretary", "treasurer", "board")
_KEEPERS = ("secretary", "treasurer")
_MINE = door("member", row="member", states=_ENTRY)
_LOOK = door(*_OFFICERS, row="member", states=_ENTRY)
_KEEP = door(*_KEEPERS, row="member", states=_ENTRY)
_DO = door(*_KEEPERS, row="purchase", states=_PURCHASE, post=True)

DOORS: dict[str, Door] = {
    "join_pay": Door(PUBLIC.opens_for, post=True),
    "certificate": Door(PUBLIC.opens_for, row="certificate"),
    "my_shares": FOR_SIGNED_IN,
    "my_holding": _MINE,
    "my_buying": _MINE,
    "my_certificate": door("member", row="member", states=_ENTRY, post=True),
    "my_statement_csv": _MINE,
    "my_statement_pdf": _MINE,
    "my_purchase": door("member", row="purchase", states=_MY_PURCHASE),
    "my_purchase_pay": door("member", row="purchase", states=_MY_PURCHASE, post=True),
    "my_purchase_cancel": door("member", row="purchase", states=_MY_PURCHASE, post=True),
    "share_classes": door(*_OFFICERS),
    "share_class_new": door(*_KEEPERS),
    "share_class": door(*_KEEPERS, row="share_class"),
    "write_down": door(*_KEEPERS, row="share_class"),
    "shares": _LOOK,
    "shares_buy": _KEEP,
    "shares_transfer": _KEEP,
    "shares_certificate": door(*_KEEPERS, row="member", states=_ENTRY, post=True),
    "shares_csv": _LOOK,
    "shares_pdf": _LOOK,
    "loans": _LOOK,
    "loan_new": _KEEP,
    "loan_repay": _KEEP,
    "loan_undo": door(*_KEEPERS, row="loan"),
    "shares_correct": door(*_KEEPERS, row="share_transaction"),
    "purchase": door(*_KEEPERS, row="purchase", states=_PURCHASE),
    "purchase_payment": _DO,
    "purchase_cancel": _DO,
    "purchase_issue": _DO,
    "purchase_pay_back": _DO,
    "purchase_unpaid": _DO,
}
