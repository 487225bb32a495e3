"""The society's own rules about shares, and its classes of membership: data that it may change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from ledger.money import pence_of, pounds_of
from members.models import MemberClass, SocietyRules
from members.seen import refuse_if_changed

#: As much as its column holds.
LONGEST_REASON = 200
#: What the screen of the rules changes. Suspending and the cash set aside have verbs of their own.
RULE_FIELDS = (
    "shares_paid_first",
    "most_shares_value",
    "notice_days",
    "nomination_limit",
    "highest_interest",
    "interest_report_from",
    "collection_notice_days",
    "reminder_days",
)
MOST_WITHDRAWABLE = pounds_of(100_000_00)
MOST_NOMINATED = pounds_of(5_000_00)
#: Per cent a year.
HIGHEST_INTEREST = 20
#: Days: two years.
LONGEST_NOTICE = 730
#: More than this is a slip of the keys.
HIGHEST_CHARGE = pounds_of(10_000_00)
CLASS_FIELDS = (
    "name",
    "who",
    "evidence",
    "constituency",
    "is_user_class",
    "for_organisations",
    "minimum_age",
    "share_class",
    "minimum_shares",
    "maximum_shares",
    "joining_fee",
    "yearly_dues",
    "dues_month",
    "ground_months",
    "ground_hours_a_week",
    "evidence_lasts_months",
    "on_lapse",
    "most_votes_percent",
    "may_control",
    "entry_needs_consent",
    "order",
)


@operation(needs="members.keep_rules")
def change_society_rules(
    *, changes: Mapping[str, Any], seen: str | None = None, by: Actor
) -> SocietyRules:
    """Change what the co-op's rules say about shares. The audit trail keeps old and new.

    `seen` is the fingerprint of the rules that were changed: refused if they changed meanwhile.
    """
    rules = _rules()
    _apply(rules, changes, RULE_FIELDS, seen)
    _check_rules(rules)
    changed: SocietyRules = _saved(rules, changes, "members.change_society_rules", by)
    return changed


def _check_rules(rules: SocietyRules) -> None:
    """What the law lets a co-op's own rules say.

    Source: Co-operative and Community Benefit Societies Act 2014, sections 2(3), 24 and 37.
    """
    if pence_of(rules.most_shares_value) <= 0:
        raise RuleError("Members must be able to hold shares.", field="most_shares_value")
    if rules.most_shares_value > MOST_WITHDRAWABLE:
        raise RuleError(
            "The law allows one member no more than £100,000 of withdrawable shares "
            "(2014 Act, section 24).",
            field="most_shares_value",
        )
    if rules.nomination_limit > MOST_NOMINATED:
        raise RuleError(
            "The law lets nominations pass on no more than £5,000 (2014 Act, section 37).",
            field="nomination_limit",
        )
    if not 0 <= rules.highest_interest <= HIGHEST_INTEREST:
        raise RuleError(
            f"Enter a rate from 0 to {HIGHEST_INTEREST} per cent: a co-op is not there mainly to "
            "pay interest on money invested (2014 Act, section 2).",
            field="highest_interest",
        )
    if not 0 <= rules.notice_days <= LONGEST_NOTICE:
        raise RuleError(f"Enter 0 to {LONGEST_NOTICE} days of notice.", field="notice_days")
    if not 1 <= rules.collection_notice_days <= 60:
        raise RuleError(
            "Enter 1 to 60 working days: the Direct Debit Guarantee promises notice in advance.",
            field="collection_notice_days",
        )
    if not 1 <= rules.reminder_days <= 365:
        raise RuleError(
            "Enter 1 to 365 days: with none between them all reminders would go out at once.",
            field="reminder_days",
        )
    if rules.interest_report_from > MOST_WITHDRAWABLE:
        raise RuleError("No member can be paid this much.", field="interest_report_from")


def _rules() -> SocietyRules:
    """The one row, held until the end of the transaction."""
    SocietyRules.objects.get_or_create(pk=1)
    return SocietyRules.objects.select_for_update().get(pk=1)


def _apply(
    row: models.Model, changes: Mapping[str, Any], fields: tuple[str, ...], seen: str | None
) -> None:
    if unknown := set(changes) - set(fields):
        raise ValueError(f"Not to be changed here: {sorted(unknown)}")
    refuse_if_changed(row, fields, seen)
    for name, value in changes.items():
        setattr(row, name, value)
        if isinstance(value, Money) and pence_of(value) < 0:
            raise RuleError("An amount cannot be less than nothing.", field=name)


def _saved(row: Any, changes: Mapping[str, Any], action: str, by: Actor) -> Any:
    """Save what is different, and note the old and the new in the audit trail."""
    before = type(row)._default_manager.get(pk=row.pk)
    changed = {
        name: [str(getattr(before, name)), str(getattr(row, name))]
        for name in changes
        if getattr(before, name) != getattr(row, name)
    }
    if changed:
        row.save()
        audit.record(by, action, row, changed=changed)
    return row


@operation(needs="members.keep_rules")
def set_withdrawal_cash(*, amount: Money, was: Money, minute: str, by: Actor) -> SocietyRules:
    """Set aside so much cash for withdrawals from now on, as the board decided.

    `was` is what the screen showed: refused if a pay-out has taken some of it meanwhile.
    """
    if pence_of(amount) < 0:
        raise RuleError("An amount cannot be less than nothing.", field="amount")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    rules = _rules()
    now = SocietyRules.objects.filter(Q(cash_for_withdrawals=was), pk=1)
    if now.update(cash_for_withdrawals=amount) != 1:
        raise RuleError(f"By now {rules.cash_for_withdrawals} is set aside. Please look again.")
    rules.refresh_from_db()
    audit.record(
        by,
        "members.set_withdrawal_cash",
        rules,
        changed=[str(was), str(amount)],
        minute=minute.strip(),
    )
    return rules


@operation(needs="members.keep_rules")
def suspend_withdrawals(
    *, since: dt.date, because: str, decided_on: dt.date, minute: str, by: Actor
) -> SocietyRules:
    """Stop paying withdrawals for the whole society, as the board decided.

    Every member reads the reason, and with it the meeting and the minute. Members may still ask;
    their place in the queue counts.
    """
    if not because.strip():
        raise RuleError("Say why: members read it.", field="because")
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    refuse_day_to_come(decided_on, "decided_on")
    reason = f"{because.strip()} (Board, {decided_on:%-d %B %Y}, minute {minute.strip()}.)"
    if len(reason) > LONGEST_REASON:
        raise RuleError("Say it in fewer words.", field="because")
    refuse_day_to_come(since, "since")
    _rules()
    running = SocietyRules.objects.filter(pk=1, suspended_since=None)
    if running.update(suspended_since=since, suspended_because=reason) != 1:
        raise RuleError("Withdrawals are suspended already.")
    rules = SocietyRules.current()
    audit.record(
        by, "members.suspend_withdrawals", rules, since=since.isoformat(), minute=minute.strip()
    )
    return rules


@operation(needs="members.keep_rules")
def resume_withdrawals(*, by: Actor) -> SocietyRules:
    """Pay withdrawals again, in their turn."""
    suspended = SocietyRules.objects.filter(pk=1, suspended_since__isnull=False)
    if suspended.update(suspended_since=None, suspended_because="") != 1:
        raise RuleError("Withdrawals are not suspended.")
    rules = SocietyRules.current()
    audit.record(by, "members.resume_withdrawals", rules)
    return rules


# --- Classes of membership ------------------------------------------------------------------------


@operation(needs="members.keep_rules")
def add_member_class(*, code: str, fields: Mapping[str, Any], by: Actor) -> MemberClass:
    """Add a class of membership to those that there are. Its code never changes."""
    if unknown := set(fields) - set(CLASS_FIELDS):
        raise ValueError(f"Not a class's: {sorted(unknown)}")
    new = MemberClass(code=code, **fields)
    _check_class(new)
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        raise RuleError("Another class has this code.", field="code") from None
    audit.record(by, "members.add_member_class", new)
    return new


@operation(needs="members.keep_rules")
def change_member_class(
    *, member_class: MemberClass, changes: Mapping[str, Any], seen: str | None = None, by: Actor
) -> MemberClass:
    """Change what a class of membership asks and gives. The audit trail keeps old and new.

    Who is in the class already stays in it. Whether it is for people or for organisations, and
    which shares it holds, cannot change while anybody is in it.
    """
    row = MemberClass.objects.select_for_update().get(pk=member_class.pk)
    in_it = row.members.filter(ceased__isnull=True).exists()
    for name in ("for_organisations", "share_class"):
        if in_it and name in changes and changes[name] != getattr(row, name):
            raise RuleError("This cannot change while there are members in the class.", field=name)
    _apply(row, changes, CLASS_FIELDS, seen)
    _check_class(row)
    changed: MemberClass = _saved(row, changes, "members.change_member_class", by)
    return changed


def _check_class(row: MemberClass) -> None:
    if not row.name.strip():
        raise RuleError("Give the class a name.", field="name")
    if not row.constituency.strip():
        raise RuleError("Say with whom its votes are counted.", field="constituency")
    if row.minimum_shares < 1:
        raise RuleError("A member holds one share at least.", field="minimum_shares")
    if row.maximum_shares < row.minimum_shares:
        raise RuleError("The most must not be less than the least.", field="maximum_shares")
    if not 1 <= row.dues_month <= 12:
        raise RuleError("Enter a month from 1 to 12.", field="dues_month")
    if row.most_votes_percent is not None and not 0 <= row.most_votes_percent <= 100:
        raise RuleError("Enter a share from 0 to 100 per cent.", field="most_votes_percent")
    if not 0 <= row.ground_hours_a_week <= 168:
        raise RuleError("A week has 168 hours: enter 0 to 168.", field="ground_hours_a_week")
    if not 0 <= row.minimum_age <= 120:
        raise RuleError("Enter an age from 0 to 120.", field="minimum_age")
    for charge in ("joining_fee", "yearly_dues"):
        if getattr(row, charge) > HIGHEST_CHARGE:
            raise RuleError("Enter no more than £10,000.", field=charge)
