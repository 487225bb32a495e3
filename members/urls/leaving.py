"""The addresses by which shares go out again and memberships change; `members.urls` adds them."""

from __future__ import annotations

from django.urls import path

from core.doors import FOR_SIGNED_IN, Door, door
from members.views import estates, moving, my_withdrawals, nominations, society, withdrawals

urlpatterns = [
    path("rules/", society.society_rules, name="society_rules"),
    path("classes/", society.member_classes, name="member_classes"),
    path("classes/add/", society.member_class_new, name="member_class_new"),
    path("classes/<slug:code>/", society.member_class, name="member_class"),
    path("withdrawals/", withdrawals.withdrawals, name="withdrawals"),
    path("withdrawals/cash/", withdrawals.withdrawal_cash, name="withdrawal_cash"),
    path("withdrawals/suspend/", withdrawals.withdrawal_suspend, name="withdrawal_suspend"),
    path("withdrawals/resume/", withdrawals.withdrawal_resume, name="withdrawal_resume"),
    path("withdrawals/<int:pk>/", withdrawals.withdrawal, name="withdrawal"),
    path("withdrawals/<int:pk>/agree/", withdrawals.withdrawal_agree, name="withdrawal_agree"),
    path("withdrawals/<int:pk>/refuse/", withdrawals.withdrawal_refuse, name="withdrawal_refuse"),
    path(
        "withdrawals/<int:pk>/take-back/",
        withdrawals.withdrawal_take_back,
        name="withdrawal_take_back",
    ),
    path(
        "withdrawals/<int:pk>/prepare/", withdrawals.withdrawal_prepare, name="withdrawal_prepare"
    ),
    path("register/<int:number>/withdraw/", withdrawals.withdrawal_key, name="withdrawal_key"),
    path("nominations/", nominations.nominations, name="nominations"),
    path("nominations/csv/", nominations.nominations_csv, name="nominations_csv"),
    path("nominations/pdf/", nominations.nominations_pdf, name="nominations_pdf"),
    path("nominations/<int:pk>/died/", nominations.nomination_strike, name="nomination_strike"),
    path(
        "register/<int:number>/nominations/",
        nominations.member_nominations,
        name="member_nominations",
    ),
    path(
        "register/<int:number>/nominations/add/",
        nominations.nomination_new,
        name="nomination_new",
    ),
    path("estates/", estates.estates, name="estates"),
    path("estates/<int:number>/", estates.estate, name="estate"),
    path("estates/<int:number>/change/", estates.estate_change, name="estate_change"),
    path("estates/<int:number>/nominees/", estates.estate_nominees, name="estate_nominees"),
    path("estates/<int:number>/rest/", estates.estate_rest, name="estate_rest"),
    path("estates/<int:number>/interest/", estates.estate_interest, name="estate_interest"),
    path("estates/<int:number>/undecide/", estates.estate_undecide, name="estate_undecide"),
    path("estates/<int:number>/reopen/", estates.estate_reopen, name="estate_reopen"),
    path("estates/<int:number>/letter/", estates.estate_letter, name="estate_letter"),
    path("register/<int:number>/death/", estates.death, name="death"),
    path("register/<int:number>/class/", moving.move, name="move"),
    path("register/<int:number>/evidence/", moving.member_evidence, name="member_evidence"),
    path("register/<int:number>/ground/", moving.ground_end, name="ground_end"),
    path("evidence/", moving.evidence, name="evidence"),
    path("me/withdrawals/", my_withdrawals.my_withdrawals, name="my_withdrawals"),
    path(
        "me/withdrawals/<int:number>/ask/",
        my_withdrawals.my_withdrawal_ask,
        name="my_withdrawal_ask",
    ),
    path(
        "me/withdrawals/<int:pk>/take-back/",
        my_withdrawals.my_withdrawal_take_back,
        name="my_withdrawal_take_back",
    ),
    path("me/leave/<int:number>/", my_withdrawals.my_leaving, name="my_leaving"),
    path("me/nomination/", my_withdrawals.my_nomination, name="my_nomination"),
]

_STATES = ("asked", "agreed", "paying", "repaid", "refused", "taken_back")
_ENTRY = ("active", "ceased")
_ESTATE = ("open", "decided", "settled")
_OFFICERS = ("secretary", "treasurer", "board")
_KEEPERS = ("secretary", "treasurer")
_KEEP = door(*_KEEPERS, row="withdrawal", states=_STATES, post=True)
_SECRETARY = door("secretary", row="member", states=_ENTRY)

DOORS: dict[str, Door] = {
    "society_rules": door(*_KEEPERS),
    "member_classes": door(*_KEEPERS),
    "member_class_new": door(*_KEEPERS),
    "member_class": door(*_KEEPERS, row="member_class"),
    "withdrawals": door(*_OFFICERS),
    "withdrawal_cash": door(*_KEEPERS),
    "withdrawal_suspend": door(*_KEEPERS),
    "withdrawal_resume": door(*_KEEPERS, post=True),
    "withdrawal": door(*_OFFICERS, row="withdrawal", states=_STATES),
    "withdrawal_agree": _KEEP,
    "withdrawal_refuse": _KEEP,
    "withdrawal_take_back": _KEEP,
    "withdrawal_prepare": _KEEP,
    "withdrawal_key": door(*_KEEPERS, row="member", states=_ENTRY),
    "nominations": door("secretary"),
    "nominations_csv": door("secretary"),
    "nominations_pdf": door("secretary"),
    "nomination_strike": door("secretary", row="nomination"),
    "member_nominations": _SECRETARY,
    "nomination_new": _SECRETARY,
    "estates": door(*_OFFICERS),
    "estate": door(*_OFFICERS, row="estate", states=_ESTATE),
    "estate_change": door("secretary", row="estate", states=_ESTATE),
    "estate_nominees": door(*_KEEPERS, row="estate", states=_ESTATE, post=True),
    "estate_rest": door(*_KEEPERS, row="estate", states=_ESTATE, post=True),
    "estate_interest": door(*_KEEPERS, row="estate", states=_ESTATE, post=True),
    "estate_undecide": door(*_KEEPERS, row="estate", states=_ESTATE, post=True),
    "estate_reopen": door("secretary", row="estate", states=_ESTATE, post=True),
    "estate_letter": door("secretary", row="estate"),
    "death": _SECRETARY,
    "move": _SECRETARY,
    "member_evidence": _SECRETARY,
    "ground_end": _SECRETARY,
    "evidence": door(*_OFFICERS),
    "my_withdrawals": FOR_SIGNED_IN,
    "my_withdrawal_ask": door("member", row="member", states=_ENTRY),
    "my_withdrawal_take_back": door("member", row="withdrawal", states=_STATES, post=True),
    "my_leaving": door("member", row="member", states=_ENTRY),
    "my_nomination": FOR_SIGNED_IN,
}
