"""Every change of state in ledger/, by subject: each verb has its one home here."""

from ledger.operations.asking import close_pages, collect_due, forget_methods, send_refunds
from ledger.operations.by_hand import reverse_journal, write_journal
from ledger.operations.checkout import begin_checkout, give_up_checkout, note_page
from ledger.operations.collecting import (
    begin_collection,
    call_off_collection,
    fail_collection,
    schedule_collection,
)
from ledger.operations.comparing import (
    begin_comparison,
    compare_with_stripe,
    end_comparison,
)
from ledger.operations.disputes import apply_dispute
from ledger.operations.events import claim_event, finish_event, put_off_event, record_event
from ledger.operations.explaining import (
    accept_all_certain,
    accept_proposal,
    match_line,
    undo_match,
)
from ledger.operations.giving_back import GivenBack, give_back
from ledger.operations.journal import Line, move, new_party, open_account, post, reverse
from ledger.operations.mandates import (
    begin_mandate,
    end_mandate,
    lapse_mandate,
    lose_mandate,
    note_customer,
    note_forgotten,
    use_mandate,
)
from ledger.operations.many import Event, new_parties, post_many
from ledger.operations.orders import (
    call_off_order,
    cancel_order,
    create_order,
    free_of,
    lower_order,
    money_is_due_back,
    order_to_come,
)
from ledger.operations.paper import record_payment, record_remittance, undo_payment
from ledger.operations.parties import put_parties_together
from ledger.operations.pay_outs import (
    call_off_pay_out,
    make_pay_out,
    pay_back,
    prepare_pay_out,
    undo_pay_out,
    why_not_paid,
)
from ledger.operations.placing import (
    left_unplaced,
    place_money,
    unplace_money,
    was_placed,
    why_not_unplaced,
)
from ledger.operations.refunds import apply_refund, drop_refund, refund_payment
from ledger.operations.settling import apply_intent, apply_page
from ledger.operations.starting import start_checkout, start_mandate
from ledger.operations.statements import (
    FaultyStatementError,
    discard_import,
    keep_bank_account,
    read_in,
    take_in,
    undo_import,
)
from ledger.operations.stripe_payouts import apply_payout, apply_stripe_fee
from ledger.operations.syncing import apply_event, apply_events
from ledger.operations.treasurer import ask_treasurer, drop_not_issued, finish_task

__all__ = [
    "Event",
    "FaultyStatementError",
    "GivenBack",
    "Line",
    "accept_all_certain",
    "accept_proposal",
    "apply_dispute",
    "apply_event",
    "apply_events",
    "apply_intent",
    "apply_page",
    "apply_payout",
    "apply_refund",
    "apply_stripe_fee",
    "ask_treasurer",
    "begin_checkout",
    "begin_collection",
    "begin_comparison",
    "begin_mandate",
    "call_off_collection",
    "call_off_order",
    "call_off_pay_out",
    "cancel_order",
    "claim_event",
    "close_pages",
    "collect_due",
    "compare_with_stripe",
    "create_order",
    "discard_import",
    "drop_not_issued",
    "drop_refund",
    "end_comparison",
    "end_mandate",
    "fail_collection",
    "finish_event",
    "finish_task",
    "forget_methods",
    "free_of",
    "give_back",
    "give_up_checkout",
    "keep_bank_account",
    "lapse_mandate",
    "left_unplaced",
    "lose_mandate",
    "lower_order",
    "make_pay_out",
    "match_line",
    "money_is_due_back",
    "move",
    "new_parties",
    "new_party",
    "note_customer",
    "note_forgotten",
    "note_page",
    "open_account",
    "order_to_come",
    "pay_back",
    "place_money",
    "post",
    "post_many",
    "prepare_pay_out",
    "put_off_event",
    "put_parties_together",
    "read_in",
    "record_event",
    "record_payment",
    "record_remittance",
    "refund_payment",
    "reverse",
    "reverse_journal",
    "schedule_collection",
    "send_refunds",
    "start_checkout",
    "start_mandate",
    "take_in",
    "undo_import",
    "undo_match",
    "undo_pay_out",
    "undo_payment",
    "unplace_money",
    "use_mandate",
    "was_placed",
    "why_not_paid",
    "why_not_unplaced",
    "write_journal",
]
