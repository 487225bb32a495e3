"""The audit bundle of a secret vote: one file with which anybody can check the result. Pure.

    from governance.bundle import Vote, bundle_of, faults_of

    data = bundle_of(Vote(…))                    # the same bytes for the same vote, every time
    faults_of(data, sha256="9f86d0…")            # [] or sentences that name what was changed

What is in it, and what each file proves, is told in docs/voting.md.
"""

from governance.bundle.archive import BundleError, read_archive, write_archive
from governance.bundle.contents import Vote, bundle_of
from governance.bundle.hashing import canonical_json, chained, linked, merkle_root, sha256
from governance.bundle.verifying import CHECKPOINT_STEP, faults_of, was_counted_again

__all__ = [
    "CHECKPOINT_STEP",
    "BundleError",
    "Vote",
    "bundle_of",
    "canonical_json",
    "chained",
    "faults_of",
    "linked",
    "merkle_root",
    "read_archive",
    "sha256",
    "was_counted_again",
    "write_archive",
]
