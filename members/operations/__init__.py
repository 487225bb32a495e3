"""Every change of state in members/, by subject: each verb has its one home here."""

from members.operations.applying import (
    add_evidence,
    resume,
    save_step,
    send_resume_code,
    start_application,
    submit,
    withdraw,
)
from members.operations.classes import set_up_member_classes
from members.operations.deaths import (
    change_estate,
    note_death,
    reopen_death,
)
from members.operations.deciding import (
    admit,
    admit_batch,
    correct_application,
    invite,
    key_paper_application,
    refuse,
    settle_duplicate,
)
from members.operations.eligibility import (
    end_ground,
    note_evidence,
    tell_of_lapses,
)
from members.operations.estates import (
    pay_estate,
    pay_nominees,
)
from members.operations.holdings import party_for
from members.operations.issuing import note_failed_collection, note_money_gone, settle_purchase
from members.operations.leaving import (
    move_class,
    resign,
)
from members.operations.nominations import (
    nominate,
    revoke_nominations,
    strike_nominee,
)
from members.operations.paying_withdrawals import (
    WITHDRAWAL_OWNER,
    prepare_withdrawal,
    release_withdrawal,
    settle_withdrawal,
)
from members.operations.people import (
    add_organisation,
    add_person,
    appoint_representative,
    change_contact,
    give_sign_in,
)
from members.operations.purchases import (
    PURCHASE_OWNER,
    buy_shares,
    cancel_purchase,
    pay_back_purchase,
)
from members.operations.register import cease_member, register_member
from members.operations.shares import (
    cancel_unpaid_shares,
    correct_shares,
    make_certificate,
    transfer_shares,
    write_down,
)
from members.operations.skills import add_skill, qualify
from members.operations.society import (
    add_member_class,
    change_member_class,
    change_society_rules,
    resume_withdrawals,
    set_withdrawal_cash,
    suspend_withdrawals,
)
from members.operations.withdrawals import (
    agree_withdrawal,
    ask_withdrawal,
    refuse_withdrawal,
    take_back_withdrawal,
)
from members.rules import Contact

__all__ = [
    "PURCHASE_OWNER",
    "WITHDRAWAL_OWNER",
    "Contact",
    "add_evidence",
    "add_member_class",
    "add_organisation",
    "add_person",
    "add_skill",
    "admit",
    "admit_batch",
    "agree_withdrawal",
    "appoint_representative",
    "ask_withdrawal",
    "buy_shares",
    "cancel_purchase",
    "cancel_unpaid_shares",
    "cease_member",
    "change_contact",
    "change_estate",
    "change_member_class",
    "change_society_rules",
    "correct_application",
    "correct_shares",
    "end_ground",
    "give_sign_in",
    "invite",
    "key_paper_application",
    "make_certificate",
    "move_class",
    "nominate",
    "note_death",
    "note_evidence",
    "note_failed_collection",
    "note_money_gone",
    "party_for",
    "pay_back_purchase",
    "pay_estate",
    "pay_nominees",
    "prepare_withdrawal",
    "qualify",
    "refuse",
    "refuse_withdrawal",
    "register_member",
    "release_withdrawal",
    "reopen_death",
    "resign",
    "resume",
    "resume_withdrawals",
    "revoke_nominations",
    "save_step",
    "send_resume_code",
    "set_up_member_classes",
    "set_withdrawal_cash",
    "settle_duplicate",
    "settle_purchase",
    "settle_withdrawal",
    "start_application",
    "strike_nominee",
    "submit",
    "suspend_withdrawals",
    "take_back_withdrawal",
    "tell_of_lapses",
    "transfer_shares",
    "withdraw",
    "write_down",
]
