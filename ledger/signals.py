"""What the ledger tells the apps above it, inside the transaction in which it happens.

Each names the row (`order`, `payment`, `pay_out`) and the actor (`by`).
"""

from django.dispatch import Signal

#: order, by: a payment has made the order fully paid.
order_paid = Signal()
#: order, payment, by: money that had come was taken back (a dispute, a direct debit indemnity).
money_taken_back = Signal()
#: order, refund, by: money was paid back the way it came.
refunded = Signal()
#: pay_out, by: money left our bank account.
paid_out = Signal()
#: payment, by: the payer is to be told what we collect, and when.
collection_announced = Signal()
#: payment, by: a collection did not succeed.
collection_failed = Signal()
