"""Every change of state in members/, by subject: each verb has its one home here."""

from members.operations.applying import (
    add_evidence,
    remove_evidence,
    resume,
    save_step,
    send_resume_code,
    start_application,
    submit,
    withdraw,
)
from members.operations.asking import ask_for_class
from members.operations.authorities import end_authority, record_authority
from members.operations.bringing_over import import_register, plan_import
from members.operations.ceasing import end_membership, take_back_end
from members.operations.classes import set_up_member_classes
from members.operations.consents import note_consent
from members.operations.data_requests import (
    ask_data_pack,
    ask_for_own_data,
    call_off_data_request,
    claim_data_pack,
    fail_data_pack,
    give_data_pack,
    keep_data_pack,
    note_data_request,
    remove_old_packs,
)
from members.operations.deaths import (
    change_estate,
    note_death,
    reopen_death,
)
from members.operations.deaths_of_others import note_death_of_person, reopen_death_of_person
from members.operations.deciding import (
    admit,
    admit_batch,
    correct_application,
    correct_decision,
    invite,
    key_paper_application,
    refuse,
    refuse_batch,
    settle_duplicate,
)
from members.operations.dues import (
    charge_dues,
    collect_dues,
    collect_open_dues,
    remind_of_dues,
    start_dues,
    stop_collecting,
    tell_of_collection,
    tell_of_failed_collection,
    waive_dues,
)
from members.operations.eligibility import (
    end_ground,
    note_evidence,
    tell_of_lapses,
)
from members.operations.ending import cease_member
from members.operations.estates import (
    pay_estate,
    pay_nominees,
    take_back_estate_decision,
)
from members.operations.holdings import party_for
from members.operations.importing import (
    discard_import,
    forget_old_imports,
    start_import,
    start_trial,
    upload_import,
)
from members.operations.inspections import log_inspection
from members.operations.interest import (
    approve_interest,
    draft_interest,
    drop_interest,
    pay_interest,
    prepare_estate_interest,
    prepare_interest,
    rework_interest,
    start_paying_interest,
    start_preparing_interest,
    write_interest_lines,
)
from members.operations.issuing import (
    issue_now,
    note_failed_collection,
    note_money_gone,
    settle_purchase,
)
from members.operations.jobs import (
    claim_work,
    end_work,
)
from members.operations.leaving import (
    move_class,
    resign,
)
from members.operations.letters import (
    call_off_letter,
    forget_posted_letters,
    post_letters,
    print_letters,
    take_back_posting,
)
from members.operations.loans import prepare_loan_repayment, record_loan, undo_loan
from members.operations.merging import merge_people, set_apart
from members.operations.nominations import (
    nominate,
    revoke_nominations,
    strike_nominee,
)
from members.operations.officers import appoint_officer, end_office, strike_office
from members.operations.organisations import correct_organisation
from members.operations.paying_withdrawals import (
    prepare_withdrawal,
    release_withdrawal,
    reopen_withdrawal,
    settle_withdrawal,
)
from members.operations.people import (
    add_organisation,
    add_person,
    appoint_representative,
    change_contact,
    change_needs,
    correct_person,
    end_representative,
    give_sign_in,
)
from members.operations.purchases import (
    buy_shares,
    cancel_purchase,
    pay_back_purchase,
)
from members.operations.receipts import tell_of_mandate, thank_for_dues, thank_for_part
from members.operations.register import register_member
from members.operations.share_classes import add_share_class, change_share_class
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
    "Contact",
    "add_evidence",
    "add_member_class",
    "add_organisation",
    "add_person",
    "add_share_class",
    "add_skill",
    "admit",
    "admit_batch",
    "agree_withdrawal",
    "appoint_officer",
    "appoint_representative",
    "approve_interest",
    "ask_data_pack",
    "ask_for_class",
    "ask_for_own_data",
    "ask_withdrawal",
    "buy_shares",
    "call_off_data_request",
    "call_off_letter",
    "cancel_purchase",
    "cancel_unpaid_shares",
    "cease_member",
    "change_contact",
    "change_estate",
    "change_member_class",
    "change_needs",
    "change_share_class",
    "change_society_rules",
    "charge_dues",
    "claim_data_pack",
    "claim_work",
    "collect_dues",
    "collect_open_dues",
    "correct_application",
    "correct_decision",
    "correct_organisation",
    "correct_person",
    "correct_shares",
    "discard_import",
    "draft_interest",
    "drop_interest",
    "end_authority",
    "end_ground",
    "end_membership",
    "end_office",
    "end_representative",
    "end_work",
    "fail_data_pack",
    "forget_old_imports",
    "forget_posted_letters",
    "give_data_pack",
    "give_sign_in",
    "import_register",
    "invite",
    "issue_now",
    "keep_data_pack",
    "key_paper_application",
    "log_inspection",
    "make_certificate",
    "merge_people",
    "move_class",
    "nominate",
    "note_consent",
    "note_data_request",
    "note_death",
    "note_death_of_person",
    "note_evidence",
    "note_failed_collection",
    "note_money_gone",
    "party_for",
    "pay_back_purchase",
    "pay_estate",
    "pay_interest",
    "pay_nominees",
    "plan_import",
    "post_letters",
    "prepare_estate_interest",
    "prepare_interest",
    "prepare_loan_repayment",
    "prepare_withdrawal",
    "print_letters",
    "qualify",
    "record_authority",
    "record_loan",
    "refuse",
    "refuse_batch",
    "refuse_withdrawal",
    "register_member",
    "release_withdrawal",
    "remind_of_dues",
    "remove_evidence",
    "remove_old_packs",
    "reopen_death",
    "reopen_death_of_person",
    "reopen_withdrawal",
    "resign",
    "resume",
    "resume_withdrawals",
    "revoke_nominations",
    "rework_interest",
    "save_step",
    "send_resume_code",
    "set_apart",
    "set_up_member_classes",
    "set_withdrawal_cash",
    "settle_duplicate",
    "settle_purchase",
    "settle_withdrawal",
    "start_application",
    "start_dues",
    "start_import",
    "start_paying_interest",
    "start_preparing_interest",
    "start_trial",
    "stop_collecting",
    "strike_nominee",
    "strike_office",
    "submit",
    "suspend_withdrawals",
    "take_back_end",
    "take_back_estate_decision",
    "take_back_posting",
    "take_back_withdrawal",
    "tell_of_collection",
    "tell_of_failed_collection",
    "tell_of_lapses",
    "tell_of_mandate",
    "thank_for_dues",
    "thank_for_part",
    "transfer_shares",
    "undo_loan",
    "upload_import",
    "waive_dues",
    "withdraw",
    "write_down",
    "write_interest_lines",
]
