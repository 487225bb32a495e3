"""Keying in voting papers after the close: in batches, each by two people who do not see what the
other keys. Only what both read the same is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max, Sum

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.models import User
from core.registry import operation
from governance import rules
from governance.counting_room import Papers
from governance.models import ArchivedRollEntry, Election, PaperBatch, PaperKeying
from governance.showing_classes import constituencies_on_papers


@operation(needs=None)
def make_batch(*, election: Election, size: int, constituency: str = "", by: Actor) -> PaperBatch:
    """Begin a batch of papers that have been counted by hand.

    All batches together hold no more papers than envelopes were noted on the roll.
    """
    keyer = _keyer(election, by)
    if size < 1:
        raise RuleError("Count the papers of the batch first.", field="size")
    if constituency and constituency not in constituencies_on_papers(election):
        raise RuleError("No paper of this vote says that.", field="constituency")
    if not constituency and election.mode != rules.Mode.HEADS.value:
        raise RuleError(
            "Sort the papers by class: the rules count them apart.", field="constituency"
        )
    if constituency:
        _refuse_more_than_came(election, constituency, size)
    noted, batched = papers_noted(election), papers_in_batches(election)
    if batched + size > noted:
        raise RuleError(
            f"{noted:,} envelopes were noted, and {batched:,} papers are in batches already.",
            field="size",
        )
    last = election.batches.aggregate(last=Max("number"))["last"] or 0
    batch = PaperBatch.objects.create(
        election=election, number=last + 1, size=size, constituency=constituency, made_by=keyer
    )
    audit.record(by, "governance.make_batch", batch, election=election.pk, papers=size)
    return batch


def _refuse_more_than_came(election: Election, constituency: str, size: int) -> None:
    """The roll knows from how many voters of each class a paper came."""
    noted, batched = papers_noted(election, constituency), papers_in_batches(election, constituency)
    if batched + size > noted:
        raise RuleError(
            f"Papers of {constituency}: {noted:,} came, and {batched:,} are in batches already.",
            field="constituency",
        )


def papers_noted(election: Election, constituency: str = "") -> int:
    """Members, or those of one class, struck off the roll because their paper came."""
    came = ArchivedRollEntry.objects.filter(election=election).on_paper()
    return (came.filter(constituency=constituency) if constituency else came).count()


def papers_in_batches(election: Election, constituency: str = "") -> int:
    """In all batches, or in those of one class."""
    batches = election.batches.all()
    if constituency:
        batches = batches.filter(constituency=constituency)
    return int(batches.aggregate(sum=Sum("size"))["sum"] or 0)


@operation(needs=None)
def remove_batch(*, batch: PaperBatch, by: Actor) -> Election:
    """Do away with a batch that was begun by mistake, unless somebody has finished keying it."""
    election = batch.election
    _keyer(election, by)
    if batch.keyings.filter(finished=True).exists():
        raise RuleError("Somebody has keyed this batch. They can open their keying again first.")
    audit.record(by, "governance.remove_batch", batch, election=election.pk, papers=batch.size)
    batch.delete()
    return election


@operation(needs=None)
def key_papers(
    *, batch: PaperBatch, choices: Sequence[int], number: int = 1, by: Actor
) -> PaperKeying:
    """Note so many papers of the batch that say exactly this, in one's own keying of it."""
    election = batch.election
    keyer = _keyer(election, by)
    fault = election.fault_of(choices, election.options())
    if fault:
        raise RuleError(fault, field="choices")
    keying = _own(batch, keyer)
    if not 1 <= number <= batch.size - keying.total:
        raise RuleError(
            f"The batch holds {batch.size:,} papers, and you have keyed {keying.total:,}.",
            field="number",
        )
    keying.lines.append([list(choices), number])
    keying.save(update_fields=["lines"])
    audit.record(by, "governance.key_papers", batch, papers=number)
    return keying


@operation(needs=None)
def unkey_papers(*, batch: PaperBatch, line: int, by: Actor) -> PaperKeying:
    """Take back one line of one's own keying; `line` counts from 1."""
    keyer = _keyer(batch.election, by)
    keying = _own(batch, keyer)
    if not 1 <= line <= len(keying.lines):
        raise RuleError("That line is not there any more.")
    _, number = keying.lines.pop(line - 1)
    keying.save(update_fields=["lines"])
    audit.record(by, "governance.unkey_papers", batch, papers=number)
    return keying


@operation(needs=None)
def finish_keying(*, batch: PaperBatch, spoilt: int = 0, by: Actor) -> PaperKeying:
    """All papers of the batch are keyed; the rest is spoilt, and says nothing that can be counted.

    Refused unless keyed and spoilt papers are as many as the batch holds.
    """
    keyer = _keyer(batch.election, by)
    keying = _own(batch, keyer)
    keying.spoilt = spoilt
    if spoilt < 0 or keying.total != batch.size:
        keyed = keying.total - spoilt
        raise RuleError(
            f"You keyed {keyed:,} and {spoilt:,} spoilt, but the batch holds {batch.size:,}.",
            field="spoilt",
        )
    keying.finished = True
    keying.save(update_fields=["spoilt", "finished"])
    audit.record(by, "governance.finish_keying", batch, place=keying.place)
    return keying


@operation(needs=None)
def key_again(*, batch: PaperBatch, by: Actor) -> PaperKeying:
    """Open one's own keying again, to look at the papers once more."""
    keyer = _keyer(batch.election, by)
    finished = PaperKeying.objects.filter(batch=batch, keyed_by=keyer, finished=True)
    if finished.update(finished=False, spoilt=0) != 1:
        raise RuleError("You have no finished keying of this batch.")
    audit.record(by, "governance.key_again", batch)
    return PaperKeying.objects.get(batch=batch, keyed_by=keyer)


def may_key(election: Election, by: Actor) -> bool:
    """The secretary, and the tellers of the meeting."""
    return by.may("governance.run_election") or (
        by.user is not None and election.meeting.tellers.filter(user=by.user).exists()
    )


def _keyer(election: Election, by: Actor) -> User:
    """Who keys: refused for others, and unless voting has closed and the box is shut."""
    if by.user is None or not may_key(election, by):
        raise PermissionDenied("not a teller of this meeting")
    # The row is the lock: whoever opens the box waits, and so does whoever keys at the same time.
    election.refresh_from_db(from_queryset=Election.objects.select_for_update())
    if election.state != Election.State.CLOSED:
        raise RuleError(
            f"This vote is {election.get_state_display().lower()}: papers are keyed in after "
            "voting has closed and before the box is opened."
        )
    return by.user


def _own(batch: PaperBatch, keyer: User) -> PaperKeying:
    """One's own keying of the batch, begun now if there are not two others."""
    keying = PaperKeying.objects.filter(batch=batch, keyed_by=keyer).first()
    if keying is None:
        taken = set(batch.keyings.values_list("place", flat=True))
        free = [place for place in (1, 2) if place not in taken]
        if not free:
            raise RuleError("Two others have keyed this batch already.")
        try:
            with transaction.atomic():
                keying = PaperKeying.objects.create(batch=batch, place=free[0], keyed_by=keyer)
        except IntegrityError:
            raise RuleError("Somebody began at the same moment. Please try again.") from None
    if keying.finished:
        raise RuleError("You have finished this batch. Open it again to change it.")
    return keying


def paper_faults(election: Election) -> list[str]:
    """Why the voting papers cannot be counted yet, in sentences; empty when they can."""
    noted, batched = papers_noted(election), papers_in_batches(election)
    batches = election.batches.prefetch_related("keyings")
    faults = [
        f"Batch {batch.number} is {'keyed differently' if batch.differs else 'not keyed twice'}."
        for batch in batches
        if not batch.agrees
    ]
    if noted != batched:
        faults.append(f"{noted:,} envelopes were noted, but {batched:,} papers are in batches.")
    return faults


def keyed_papers(election: Election) -> tuple[Papers, int]:
    """What all batches say, and how many papers are spoilt; refuses while anything is open."""
    faults = paper_faults(election)
    if faults:
        raise RuleError("The voting papers are not all keyed in. " + " ".join(faults))
    papers: Papers = Counter()
    spoilt = 0
    for batch in election.batches.prefetch_related("keyings"):
        first = batch.finished()[0]
        spoilt += first.spoilt
        for choices, number in first.papers().items():
            papers[batch.constituency, choices] += number
    return papers, spoilt


def forget_papers(election: Election) -> None:
    """Empty all keyings, in the transaction that counts them: their sum is in the result."""
    PaperKeying.objects.filter(batch__election=election).update(lines=[], spoilt=0)
