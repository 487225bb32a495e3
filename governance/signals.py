"""What governance tells whoever listens."""

from django.dispatch import Signal

#: Sent after the commit that called a meeting, with `meeting_id`.
meeting_called = Signal()

#: Sent after the commit that asked for voting codes by e-mail, with `election_id`.
codes_wanted = Signal()

#: Sent after the commit that announced something about a meeting, with `announcement_id`.
meeting_announced = Signal()

#: Sent after the commit that sent a written resolution round, with `resolution_id`.
resolution_sent_round = Signal()

#: Sent after the commit that asked members what they think, with `poll_id`.
poll_opened = Signal()
