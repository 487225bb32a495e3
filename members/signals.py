"""What members tells whoever listens."""

from django.dispatch import Signal

#: Sent after the commit that asked for somebody's data to be packed, with `job_id`.
data_pack_asked = Signal()
#: Sent after the commit that asked for long work (members/jobs.py), with `job_id`.
work_asked = Signal()
#: Sent within the transaction that ended an office or struck it out, with `office` and `by`.
office_left = Signal()
