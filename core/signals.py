"""What core tells whoever listens."""

from django.dispatch import Signal

#: Sent after the commit that queued a message, with `message_id`.
mail_queued = Signal()

#: Sent when somebody begins or ceases to hold a role today, with `user` and `role`.
role_changed = Signal()
