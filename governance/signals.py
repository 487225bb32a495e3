"""What governance tells whoever listens."""

from django.dispatch import Signal

#: Sent after the commit that called a meeting, with `meeting_id`.
meeting_called = Signal()
