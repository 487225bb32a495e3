"""What the ledger tells the apps above it, inside the transaction in which it happens.

Each names the row (`order`, `payment`, `pay_out`) and the actor (`by`).
"""

from django.dispatch import Signal

#: order, payment, by: money has come for an order, all of it or a part.
money_came = Signal()
#: order, payment, by: a payment has made the order fully paid.
order_paid = Signal()
#: order, payment, amount, by: money that had come was taken back (a dispute, a bounced cheque).
money_taken_back = Signal()
#: order, refund, amount, by: money was paid back the way it came.
refunded = Signal()
#: pay_out, by: money left our bank account.
paid_out = Signal()
#: pay_out, by: a pay-out that had been prepared is not made after all.
pay_out_called_off = Signal()
#: pay_out, on, by: money that had left our bank account came back, or never left it.
pay_out_undone = Signal()
#: payment, by: the payer is to be told what we collect, and when.
collection_announced = Signal()
#: payment, by: a collection did not succeed.
collection_failed = Signal()
#: mandate, by: somebody lets us collect from now on, or does so no more (its state says which).
mandate_changed = Signal()

#: work, pk: within the ledger: after the commit, something waits for Stripe (ledger/hurry.py).
work_waits = Signal()
