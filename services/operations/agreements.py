"""Agreements: drafted, agreed, changed by a new version, ended."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from services.models import Agreement, AgreementLine, AgreementVersion, PersonSupported
from services.operations.access import refuse_unless_seen
from services.operations.visits import plan
from services.rules import LineTerms, check_line, spell

NO_LONGER_DRAFT = "This version has been agreed and does not change any more. Make a new version."


@operation(needs="services.manage_agreements")
def draft_agreement(
    *,
    supported: PersonSupported,
    first_day: dt.date,
    last_day: dt.date | None = None,
    by: Actor,
) -> AgreementVersion:
    """Begin an agreement from a day (until a day). Returns its first version, a draft."""
    refuse_unless_seen(by, [supported.person_id])
    if last_day is not None and last_day < first_day:
        raise RuleError("The agreement would end before it starts.", field="last_day")
    if supported.state != PersonSupported.State.ACTIVE:
        raise RuleError("We no longer support this person.")
    _check_first_day(supported, first_day, "first_day")
    if supported.agreements.exclude(state=Agreement.State.ENDED).exists():
        raise RuleError("There is already an agreement. Change that one, or end it first.")
    agreement = Agreement.objects.create(
        person_supported=supported, first_day=first_day, last_day=last_day
    )
    version = AgreementVersion.objects.create(agreement=agreement, number=1, since=first_day)
    audit.record(by, "services.draft_agreement", agreement, supported=supported.pk)
    return version


@operation(needs="services.manage_agreements")
def new_version(
    *, agreement: Agreement, since: dt.date, reason: str, by: Actor
) -> AgreementVersion:
    """Begin a change: a draft with the lines of the version before, to count from `since`."""
    agreement = _locked(agreement, by)
    if agreement.state != Agreement.State.ACTIVE:
        raise RuleError("Only an agreement that is in force can be changed.")
    if agreement.versions.filter(state=AgreementVersion.State.DRAFT).exists():
        raise RuleError("A change is already being drafted. Finish or discard it first.")
    if not reason.strip():
        raise RuleError("Say why the agreement changes.", field="reason")
    latest = agreement.versions.latest("number")
    _check_since(agreement, since)
    version = AgreementVersion.objects.create(
        agreement=agreement, number=latest.number + 1, since=since, reason=reason.strip()
    )
    for line in _lines(latest):
        if line.last_day is None or line.last_day >= since:
            _write_line(version, line.terms(), line.series)
    audit.record(by, "services.new_version", version, agreement=agreement.pk)
    return version


@operation(needs="services.manage_agreements")
def redate_draft(*, version: AgreementVersion, since: dt.date, by: Actor) -> AgreementVersion:
    """Let a draft count from another day. The first version takes the agreement with it; a line
    that began with the version begins with it again."""
    agreement = _locked(version.agreement, by)
    _refuse_unless_draft(version)
    if version.number > 1:
        _check_since(agreement, since)
    else:
        if agreement.last_day is not None and agreement.last_day < since:
            raise RuleError("The agreement would end before it starts.", field="since")
        _check_first_day(agreement.person_supported, since, "since")
        agreement.first_day = since
        agreement.save(update_fields=["first_day"])
    moving = version.lines.filter(first_day=version.since)
    if over := moving.filter(last_day__lt=since).first():
        raise RuleError(f"“{over.what}” would be over before it begins.", field="since")
    moving.update(first_day=since)
    version.agreement, version.since = agreement, since
    version.save(update_fields=["since"])
    audit.record(by, "services.redate_draft", version)
    return version


@operation(needs="services.manage_agreements")
def add_line(*, version: AgreementVersion, terms: LineTerms, by: Actor) -> AgreementLine:
    """Add a line to a draft. Refuses what cannot be (services.rules.check_line)."""
    version.agreement = _locked(version.agreement, by)
    _refuse_unless_draft(version)
    check_line(terms, version.span, [line.terms() for line in _lines(version)])
    line = _write_line(version, terms, uuid.uuid4())
    audit.record(by, "services.add_line", line, version=version.pk)
    return line


@operation(needs="services.manage_agreements")
def change_line(*, line: AgreementLine, terms: LineTerms, by: Actor) -> AgreementLine:
    """Change a line of a draft."""
    version = line.version
    version.agreement = _locked(version.agreement, by)
    _refuse_unless_draft(version)
    check_line(
        terms, version.span, [other.terms() for other in _lines(version) if other.pk != line.pk]
    )
    series = line.series
    line.delete()
    changed = _write_line(version, terms, series)
    audit.record(by, "services.change_line", changed, version=version.pk)
    return changed


@operation(needs="services.manage_agreements")
def remove_line(*, line: AgreementLine, by: Actor) -> None:
    """Take a line out of a draft."""
    _locked(line.version.agreement, by)
    _refuse_unless_draft(line.version)
    audit.record(by, "services.remove_line", line, version=line.version_id)
    line.delete()


@operation(needs="services.manage_agreements")
def discard_draft(*, version: AgreementVersion, by: Actor) -> None:
    """Throw a draft away; with a first version goes the agreement, which never counted."""
    agreement = _locked(version.agreement, by)
    _refuse_unless_draft(version)
    audit.record(by, "services.discard_draft", version, agreement=agreement.pk)
    if version.number == 1:
        agreement.delete()
    else:
        version.delete()


@operation(needs="services.manage_agreements")
def agree_version(
    *,
    version: AgreementVersion,
    agreed_with: str,
    agreed_as: str,
    agreed_on: dt.date,
    by: Actor,
) -> AgreementVersion:
    """Record that a draft was agreed, with whom and when. From now on it never changes, the
    version before it ends the day before, and its visits are planned.

    A first version may have begun already (paper that is typed in late); a change may not, since
    visits that took place keep the version they were made under.
    """
    agreement = _locked(version.agreement, by)
    version.agreement = agreement
    _refuse_unless_draft(version)
    if not agreed_with.strip():
        raise RuleError("Say with whom this was agreed.", field="agreed_with")
    if agreed_on > timezone.localdate():
        raise RuleError("The day of agreement is in the future.", field="agreed_on")
    if version.number > 1:
        _check_since(agreement, version.since)
    _check_lines(version)
    before = agreement.versions.filter(state=AgreementVersion.State.AGREED, until__isnull=True)
    before.update(until=version.since - dt.timedelta(days=1))
    draft = AgreementVersion.objects.filter(pk=version.pk, state=AgreementVersion.State.DRAFT)
    agreed = draft.update(
        state=AgreementVersion.State.AGREED,
        agreed_with=agreed_with.strip(),
        agreed_as=agreed_as.strip(),
        agreed_on=agreed_on,
        recorded_by=by.user,
        recorded_at=timezone.now(),
    )
    if agreed != 1:
        raise RuleError(NO_LONGER_DRAFT)
    Agreement.objects.filter(pk=agreement.pk).update(state=Agreement.State.ACTIVE)
    version.refresh_from_db()
    audit.record(by, "services.agree_version", version, agreement=agreement.pk)
    plan([agreement.pk], by=by)
    return version


@operation(needs="services.manage_agreements")
def end_agreement(*, agreement: Agreement, last_day: dt.date, because: str, by: Actor) -> Agreement:
    """End an agreement after `last_day`: later visits are cancelled, a drafted change is dropped.

    It shows as ended once that day is over.
    """
    agreement = _locked(agreement, by)
    if agreement.state != Agreement.State.ACTIVE:
        raise RuleError(f"This agreement is not in force: {agreement.get_state_display().lower()}.")
    if not because.strip():
        raise RuleError("Say why the agreement ends.", field="because")
    if last_day < agreement.first_day:
        raise RuleError("The agreement would end before it starts.", field="last_day")
    if last_day < timezone.localdate() - dt.timedelta(days=1):
        raise RuleError("The last day can be yesterday at the earliest.", field="last_day")
    agreement.versions.filter(state=AgreementVersion.State.DRAFT).delete()
    agreement.last_day, agreement.ended_because = last_day, because.strip()
    agreement.save(update_fields=["last_day", "ended_because"])
    audit.record(by, "services.end_agreement", agreement)
    plan([agreement.pk], by=by)
    close_ended_agreements(by=by)
    agreement.refresh_from_db()
    return agreement


@operation(needs=None)
def close_ended_agreements(*, by: Actor) -> int:
    """Mark agreements whose last day is over as ended; returns how many."""
    over = Agreement.objects.filter(state=Agreement.State.ACTIVE, last_day__lt=timezone.localdate())
    closed = over.update(state=Agreement.State.ENDED)
    if closed:
        audit.record(by, "services.close_ended_agreements", closed=closed)
    return closed


def _locked(agreement: Agreement, by: Actor) -> Agreement:
    """The agreement as it stands, held until the end of the transaction, so that one change
    follows the other."""
    current = Agreement.objects.select_for_update().get(pk=agreement.pk)
    refuse_unless_seen(by, [current.person_supported.person_id])
    return current


def _refuse_unless_draft(version: AgreementVersion) -> None:
    if not AgreementVersion.objects.filter(pk=version.pk, state="draft").exists():
        raise RuleError(NO_LONGER_DRAFT)


def _check_first_day(supported: PersonSupported, first_day: dt.date, field: str) -> None:
    if first_day < supported.since:
        raise RuleError(
            f"We support this person from {spell(supported.since)}; the agreement cannot begin "
            "before.",
            field=field,
        )


def _check_since(agreement: Agreement, since: dt.date) -> None:
    """A change begins today at the earliest, not before the version it follows, and inside the
    agreement."""
    agreed = agreement.versions.filter(state=AgreementVersion.State.AGREED).latest("number")
    if since < timezone.localdate():
        raise RuleError("A change can begin today at the earliest.", field="since")
    if since < agreed.since:
        raise RuleError(
            f"The version before begins on {spell(agreed.since)}; a change cannot begin earlier.",
            field="since",
        )
    if agreement.last_day is not None and since > agreement.last_day:
        raise RuleError(
            f"The agreement ends on {spell(agreement.last_day)}, before this change would begin.",
            field="since",
        )


def _check_lines(version: AgreementVersion) -> None:
    """Each line again, and against the others: dates may have moved since it was written."""
    all_terms = [line.terms() for line in _lines(version)]
    if not all_terms:
        raise RuleError("An agreement needs at least one visit. Add a line first.")
    for index, terms in enumerate(all_terms):
        check_line(terms, version.span, all_terms[:index])


def _lines(version: AgreementVersion) -> list[AgreementLine]:
    return list(version.lines.prefetch_related("skills", "preferred_carers"))


def _write_line(version: AgreementVersion, terms: LineTerms, series: uuid.UUID) -> AgreementLine:
    line = AgreementLine.objects.create(
        version=version,
        series=series,
        what=terms.what.strip(),
        rrule=terms.rrule.upper(),
        not_on=sorted(day.isoformat() for day in terms.not_on),
        first_day=terms.first_day,
        last_day=terms.last_day,
        start_time=terms.start_time,
        minutes=terms.minutes,
        short_reason=terms.short_reason.strip(),
        window_before=terms.window_before,
        window_after=terms.window_after,
        time_critical=terms.time_critical,
        carers_needed=terms.carers_needed,
        must_read=terms.must_read.strip(),
    )
    line.skills.set(terms.skills)
    line.preferred_carers.set(terms.preferred_carers)
    return line
