"""What the rota's operations tell its receivers."""

from django.dispatch import Signal

#: Sent after the commit that asked for a search, with `job_id`.
search_asked = Signal()
