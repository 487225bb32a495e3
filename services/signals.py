"""What services tells whoever listens above it."""

from django.dispatch import Signal

#: Sent in the transaction that changed visits which were there before (moved, cancelled or
#: brought back), with `visit_ids`, a list. New visits are not announced: nobody knows them yet.
visits_changed = Signal()
