"""One pack in the background, from claim to file. It holds no transaction while it runs."""

from __future__ import annotations

from core.actors import SYSTEM
from members.operations.data_requests import claim_data_pack, fail_data_pack, keep_data_pack
from members.subject_access.collect import collect
from members.subject_access.pack import pack


def make(job_id: int) -> None:
    """Make the pack that a job is for. Does nothing if another worker has the job."""
    claim = claim_data_pack(job_id=job_id, by=SYSTEM)
    if claim is None:
        return
    try:
        content = pack(collect(claim.asked.person, claim.asked.left_out))
    except Exception:
        fail_data_pack(claim=claim, note="It failed; the log says why.", by=SYSTEM)
        raise
    keep_data_pack(claim=claim, content=content, by=SYSTEM)
