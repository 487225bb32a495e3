"""The audit trail and the read log: append a line; seal lines in a chain; check the chain.

Operations append lines and do not wait for the chain: a task seals what is new once a minute.
A block's hash is SHA-256 over the previous block's hash and the lines' canonical JSON, so that a
sealed line that was changed or removed, and one slipped into a sealed block, no longer fit. What
the chain cannot show: somebody with full access to the database who rewrites all later blocks too,
changes the unsealed tail, or adds a new line with an old date, which is then sealed like any other
(its number tells). Keep the newest block's hash somewhere else as well.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from core.actors import Actor
from core.models.audit import AuditLine, ChainBlock, ChainLink, Line, ReadLine, ReadWhy

STREAMS: dict[str, type[Line]] = {"audit": AuditLine, "read": ReadLine}
BATCH = 2000


def _nobody_known(ids: Collection[int]) -> Mapping[int, str]:
    return {}


#: Ids of members.Person → their names, in one query. members puts its own here in `apps.ready`:
#: lines hold ids only, and core cannot ask upward.
PERSON_NAMES: Callable[[Collection[int]], Mapping[int, str]] = _nobody_known


def record(by: Actor, action: str, on: models.Model | None = None, **data: object) -> None:
    """Append one line to the audit trail, in the caller's transaction.

    `action` is "app.verb" in the past tense's noun form (e.g. "members.admit"); `data` holds ids,
    states and amounts, never names or care text.
    """
    AuditLine.objects.create(
        actor_kind=by.kind,
        user=by.user,
        acting_for=by.acting_for,
        action=action,
        object_type=on._meta.label_lower if on is not None else "",
        object_id=str(on.pk) if on is not None else "",
        data=data,
    )


def record_many(
    by: Actor, action: str, lines: Iterable[tuple[models.Model, Mapping[str, object]]]
) -> None:
    """Append one line for each of many rows that the same was done to, in a few statements."""
    AuditLine.objects.bulk_create(
        AuditLine(
            actor_kind=by.kind,
            user=by.user,
            acting_for=by.acting_for,
            action=action,
            object_type=on._meta.label_lower,
            object_id=str(on.pk),
            data=dict(data),
        )
        for on, data in lines
    )


def record_reading(
    by: Actor, subjects: Iterable[int], group: str, why: ReadWhy | str = ReadWhy.PAGE
) -> None:
    """Append one line to the read log for each person whose record was shown.

    `subjects` are ids of members.Person; `group` is the group of fields (services.rules).
    """
    ReadLine.objects.bulk_create(
        [
            ReadLine(
                actor_kind=by.kind,
                user=by.user,
                acting_for=by.acting_for,
                subject_id=subject,
                group=group,
                why=why,
            )
            for subject in dict.fromkeys(subjects)
        ]
    )


def lines_of(action: str, on: models.Model) -> models.QuerySet[AuditLine]:
    """Each time that something was done to a row."""
    return AuditLine.objects.filter(
        action=action, object_type=on._meta.label_lower, object_id=str(on.pk)
    )


def noted_today(action: str, on: models.Model) -> AuditLine | None:
    """The last time that something was done to a row, if that was today: it can be taken back."""
    line = lines_of(action, on).order_by("pk").last()
    return line if line and timezone.localdate(line.at) == timezone.localdate() else None


def who_did(action: str, on: models.Model) -> str:
    """Who did something to a row first, and for whom, in words; empty where no line says."""
    line = lines_of(action, on).select_related("user").order_by("pk").first()
    return by_whom(line) if line else ""


def by_whom(line: AuditLine) -> str:
    """Who did what a line says, and for whom, in words."""
    if line.user is None:
        return "Weft itself"
    who = line.user.get_full_name()
    if line.acting_for is None:
        return who
    return f"{who} acting for {names_of_people([line.acting_for])[line.acting_for]}"


def names_of_people(ids: Iterable[int | None]) -> dict[int, str]:
    """What to call each members.Person on a page: "person 12" when nobody knows them any more."""
    wanted = {pk for pk in ids if pk is not None}
    known = PERSON_NAMES(wanted) if wanted else {}
    return {pk: known.get(pk) or f"person {pk}" for pk in wanted}


def _unsealed(stream: str) -> models.QuerySet[Line]:
    sealed = ChainLink.objects.filter(stream=stream, line_id=models.OuterRef("pk"))
    return STREAMS[stream].objects.filter(~models.Exists(sealed)).order_by("pk")  # type: ignore[attr-defined, no-any-return]


def _digest(previous: str, lines: Iterable[Line]) -> str:
    digest = hashlib.sha256(previous.encode())
    for line in lines:
        text = json.dumps(line.sealed_fields(), sort_keys=True, separators=(",", ":"))
        digest.update(text.encode())
    return digest.hexdigest()


def seal(stream: str) -> int:
    """Seal what is new in one stream; returns how many lines. Two at once: one of them seals."""
    sealed = 0
    while lines := list(_unsealed(stream)[:BATCH]):
        last = ChainBlock.objects.filter(stream=stream).order_by("-number").first()
        previous = last.hash if last else ""
        try:
            with transaction.atomic():
                block = ChainBlock.objects.create(
                    stream=stream,
                    number=last.number + 1 if last else 1,
                    lines=len(lines),
                    previous=previous,
                    hash=_digest(previous, lines),
                )
                ChainLink.objects.bulk_create(
                    [ChainLink(block=block, stream=stream, line_id=line.pk) for line in lines]
                )
        except IntegrityError:
            return sealed  # another worker sealed this batch
        sealed += len(lines)
    return sealed


@dataclass(frozen=True)
class ChainReport:
    """What checking one stream found. `fault` is empty when every sealed line is as it was."""

    stream: str
    blocks: int
    lines: int
    unsealed: int
    oldest_unsealed: dt.timedelta | None
    head: str
    fault: str

    @property
    def is_sound(self) -> bool:
        return not self.fault


def verify(stream: str, now: dt.datetime | None = None) -> ChainReport:
    """Recompute the whole chain of one stream and say where it breaks, if it does."""
    previous, fault, blocks, lines = "", "", 0, 0
    for number, block in enumerate(
        ChainBlock.objects.filter(stream=stream).order_by("number").iterator(), start=1
    ):
        ids = list(block.links.order_by("line_id").values_list("line_id", flat=True))
        rows = list(STREAMS[stream].objects.filter(pk__in=ids).order_by("pk"))  # type: ignore[attr-defined]
        if block.number != number:
            fault = f"Block {number} is missing."
        elif block.previous != previous:
            fault = f"Block {number} does not follow the block before it."
        elif len(rows) != block.lines:
            fault = f"Block {number} sealed {block.lines} lines; {len(rows)} are there now."
        elif _digest(previous, rows) != block.hash:
            fault = f"A line in block {number} (lines {ids[0]} to {ids[-1]}) was changed."
        if fault:
            break
        previous, blocks, lines = block.hash, blocks + 1, lines + len(rows)
    tail = _unsealed(stream)
    oldest = tail.first()
    return ChainReport(
        stream=stream,
        blocks=blocks,
        lines=lines,
        unsealed=tail.count(),
        oldest_unsealed=(now or timezone.now()) - oldest.at if oldest else None,
        head=previous,
        fault=fault,
    )


@dataclass(frozen=True)
class Standing:
    """How far a stream is sealed, without rechecking it all (that is `manage.py verify_audit`)."""

    stream: str
    blocks: int
    unsealed: int
    sealed_at: dt.datetime | None
    head: str


def standing(stream: str) -> Standing:
    last = ChainBlock.objects.filter(stream=stream).order_by("-number").first()
    return Standing(
        stream=stream,
        blocks=last.number if last else 0,
        unsealed=_unsealed(stream).count(),
        sealed_at=last.at if last else None,
        head=last.hash if last else "",
    )
