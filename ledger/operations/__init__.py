"""Every change of state in ledger/, by subject: each verb has its one home here."""

from ledger.operations.by_hand import reverse_journal, write_journal
from ledger.operations.journal import Line, move, new_party, open_account, post, reverse
from ledger.operations.orders import cancel_order, create_order, money_is_due_back
from ledger.operations.paper import record_payment, record_remittance, undo_payment
from ledger.operations.parties import put_parties_together
from ledger.operations.pay_outs import (
    call_off_pay_out,
    make_pay_out,
    pay_back,
    prepare_pay_out,
)
from ledger.operations.treasurer import ask_treasurer, finish_task

__all__ = [
    "Line",
    "ask_treasurer",
    "call_off_pay_out",
    "cancel_order",
    "create_order",
    "finish_task",
    "make_pay_out",
    "money_is_due_back",
    "move",
    "new_party",
    "open_account",
    "pay_back",
    "post",
    "prepare_pay_out",
    "put_parties_together",
    "read_in",
    "record_payment",
    "record_remittance",
    "reverse",
    "reverse_journal",
    "take_in",
    "undo_import",
    "undo_match",
    "undo_payment",
    "write_journal",
]
