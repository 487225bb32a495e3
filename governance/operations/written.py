"""Written resolutions: sent round, answered by name, carried once enough of all have agreed."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules
from governance.classes import class_facts, counted_apart, mode_of, outcomes
from governance.counting.tally import CHOICES
from governance.models import Body, RuleSet, WrittenResolution, WrittenVoice
from governance.operations.own_hand import refuse_paper_over_own, way_of
from governance.operations.rolls import entitled
from governance.operations.telling import addressed, write_next
from governance.signals import resolution_sent_round

State = WrittenResolution.State


@operation(needs="governance.arrange_meeting")
def send_round(
    *, body: Body, title: str, text: str, background: str = "", now: dt.datetime, by: Actor
) -> WrittenResolution:
    """Put a resolution to everybody who may vote on a body today, to decide in writing.

    Only where the rules know it. They are written to after the commit.
    """
    today = timezone.localdate(now)
    its = body.rules_on(today)
    if not its.written_days:
        raise RuleError(f"By its rules {body.name} decides nothing in writing.", field="body")
    if not title.strip():
        raise RuleError("Give the resolution a title.", field="title")
    if not text.strip():
        raise RuleError("Write the words of the resolution.", field="text")
    people = entitled(body, today)
    if not people:
        raise RuleError("Nobody may vote on it.", field="body")
    apart = counted_apart(its)
    groups = [apart.get(one.get("member_class", ""), one["constituency"]) for one in people]
    made = WrittenResolution.objects.create(
        body=body,
        rule_set=its,
        title=title.strip(),
        text=text.strip(),
        background=background.strip(),
        facts=_facts(its, groups, apart),
        sent_round_at=now,
        sent_round_by=by.user,
        lapses_at=_end_of(today + dt.timedelta(days=its.written_days)),
    )
    WrittenVoice.objects.bulk_create(
        (WrittenVoice(resolution=made, **one) for one in people), batch_size=500
    )
    audit.record(by, "governance.send_round", made, body=body.pk, voices=len(people))
    transaction.on_commit(
        lambda: resolution_sent_round.send(WrittenResolution, resolution_id=made.pk)
    )
    return made


def _facts(its: RuleSet, groups: list[str], apart: dict[str, str]) -> dict[str, Any]:
    return {
        "threshold": its.threshold,
        "mode": mode_of(its).value,
        "classes": class_facts(its, groups),
        "apart": apart,
    }


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


@operation(needs=None)
def tell_of_resolution(*, resolution: WrittenResolution, now: dt.datetime, by: Actor) -> bool:
    """Write to the next of those who may decide it; True while there are more. Safe to repeat."""
    if resolution.told_at:
        return False
    if resolution.is_open:
        more = write_next(
            addressed(resolution.voices.with_names()),
            prefix=f"governance.written:{resolution.pk}:",
            kind="governance.written",
            subject=f"{resolution.body.name}: to decide in writing",
            template="governance/mail/written.txt",
            context={"resolution": resolution},
            by=by,
        )
        if more:
            return True
    WrittenResolution.objects.filter(pk=resolution.pk).update(told_at=now)
    audit.record(by, "governance.tell_of_resolution", resolution)
    return False


@operation(needs=None)
def answer_in_writing(
    *, voice: WrittenVoice, choice: str, now: dt.datetime, by: Actor
) -> WrittenVoice:
    """Somebody answers, or changes their answer: themselves, or staff who key a paper, which never
    replaces what somebody gave here themselves.

    With the last one that it takes the resolution is carried; it is lost once it cannot be carried
    any more.
    """
    way = way_of(voice, by)
    resolution = voice.resolution
    _refuse_unless_open(resolution, now)
    voice.refresh_from_db(fields=["aside_at", "choice", "way"])
    if voice.aside_at:
        raise RuleError(f"{voice.name} stands aside on this resolution.", field="voice")
    if choice not in CHOICES:
        raise RuleError("Choose for, against or abstain.", field="choice")
    says = "They have answered here themselves. Only they change it."
    refuse_paper_over_own(voice.way if voice.choice else "", way, says, "voice")
    voice.choice, voice.way, voice.answered_at, voice.keyed_by = choice, way, now, by.user
    voice.save(update_fields=["choice", "way", "answered_at", "keyed_by"])
    audit.record(by, "governance.answer_in_writing", voice, resolution=resolution.pk, choice=choice)
    _settle(resolution, now, by)
    return voice


@operation(needs=None)
def stand_aside_in_writing(
    *, voice: WrittenVoice, interest: str, now: dt.datetime, by: Actor
) -> WrittenVoice:
    """Somebody has an interest in what is to be decided: they answer nothing, and it is counted
    without them. Said by themselves, or noted by staff. An answer that they gave is taken out.
    """
    way_of(voice, by)
    _refuse_unless_open(voice.resolution, now)
    if not interest.strip():
        raise RuleError("Say what the interest is.", field="interest")
    aside = (
        WrittenVoice.objects.counting()
        .filter(pk=voice.pk)
        .update(
            interest=interest.strip(),
            aside_at=now,
            choice="",
            way="",
            answered_at=None,
            keyed_by=None,
        )
    )
    voice.refresh_from_db()
    if aside != 1:
        raise RuleError(f"{voice.name} stands aside already.", field="voice")
    audit.record(by, "governance.stand_aside_in_writing", voice, resolution=voice.resolution_id)
    _settle(voice.resolution, now, by)
    return voice


@operation(needs="governance.arrange_meeting")
def take_part_in_writing(*, voice: WrittenVoice, now: dt.datetime, by: Actor) -> WrittenVoice:
    """The interest was noted by mistake: they decide with the others again, and answer anew."""
    _refuse_unless_open(voice.resolution, now)
    aside = WrittenVoice.objects.filter(pk=voice.pk, aside_at__isnull=False)
    if aside.update(interest="", aside_at=None) != 1:
        raise RuleError("They do not stand aside.")
    voice.refresh_from_db()
    audit.record(by, "governance.take_part_in_writing", voice, resolution=voice.resolution_id)
    return voice


def _refuse_unless_open(resolution: WrittenResolution, now: dt.datetime) -> None:
    # The row is the lock: of two who answer at once, the second counts the first.
    resolution.refresh_from_db(from_queryset=WrittenResolution.objects.select_for_update())
    if not resolution.is_open:
        raise RuleError(f"It is no longer open: {resolution.get_state_display().lower()}.")
    if now >= resolution.lapses_at:
        raise RuleError("It has lapsed: not enough agreed in time.")


def verdict_of(resolution: WrittenResolution, *, hoped: bool = False) -> rules.Verdict:
    """How it stands, out of all who may decide it and do not stand aside; `hoped`: if all who can
    still agree did.
    """
    facts, apart = resolution.facts, resolution.facts["apart"]
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for code, constituency, choice in resolution.voices.counting().values_list(
        "member_class", "constituency", "choice"
    ):
        counted[apart.get(code, constituency)]["for" if hoped and not choice else choice] += 1
    votes = {
        name: rules.Votes(
            said["for"],
            said["against"],
            said["abstain"],
            present=said.total() - said[""],
            entitled=said.total(),
        )
        for name, said in counted.items()
    }
    threshold = rules.THRESHOLDS[facts["threshold"]]
    return rules.verdict(
        threshold,
        rules.Base.ENTITLED,
        outcomes(facts["classes"], votes),
        mode=rules.Mode(facts["mode"]),
    )


def _settle(resolution: WrittenResolution, now: dt.datetime, by: Actor) -> None:
    verdict = verdict_of(resolution)
    if verdict.carried:
        _end(resolution, State.CARRIED, verdict, now, by)
    elif not verdict_of(resolution, hoped=True).carried:
        _end(resolution, State.LOST, verdict, now, by)


def _end(
    resolution: WrittenResolution, state: str, verdict: rules.Verdict, now: dt.datetime, by: Actor
) -> None:
    resolution.state, resolution.ended_at, resolution.verdict = state, now, verdict.as_dict()
    resolution.save(update_fields=["state", "ended_at", "verdict"])
    audit.record(by, "governance.end_written", resolution, state=state)


@operation(needs="governance.arrange_meeting")
def withdraw_resolution(
    *, resolution: WrittenResolution, because: str, now: dt.datetime, by: Actor
) -> WrittenResolution:
    """It is taken back before it is decided, with the reason."""
    _refuse_unless_open(resolution, now)
    if not because.strip():
        raise RuleError("Say why.", field="because")
    resolution.withdrawn_because = because.strip()
    resolution.save(update_fields=["withdrawn_because"])
    _end(resolution, State.WITHDRAWN, verdict_of(resolution), now, by)
    return resolution


@operation(needs=None)
def lapse_resolutions(*, now: dt.datetime, by: Actor) -> int:
    """End those whose time is over; how many."""
    due = WrittenResolution.objects.open().filter(lapses_at__lte=now).select_for_update()
    resolutions = list(due)
    for resolution in resolutions:
        _end(resolution, State.LAPSED, verdict_of(resolution), now, by)
    return len(resolutions)
