"""Bodies: who meets, and by which of the society's rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from governance import rules
from governance.models import Body, RuleSet
from members.models import MemberClass

Kind = Body.Kind

#: Nobody's rules ask for more, and a slip of the finger should not make a meeting impossible.
MOST_NOTICE_DAYS = 90
MOST_DAYS_IN_POST = 10
#: Everything that a set of rules says: what the screen changes, and what can cite a rule.
RULE_FIELDS = tuple(
    field.name
    for field in RuleSet._meta.concrete_fields
    if field.name not in ("id", "body", "since", "sources", "noted_at")
)
#: Where a kind of body usually differs from the general meeting: it votes by heads, without
#: proxies, at shorter notice.
_USUAL: dict[str, Any] = {
    "mode": rules.Mode.HEADS.value,
    "most_proxies": 0,
    "quorum_least": 3,
    "notice_days": 7,
}
USUAL_RULES: dict[str, dict[str, Any]] = {
    Kind.GENERAL: {},
    Kind.BOARD: _USUAL,
    Kind.COMMITTEE: _USUAL,
    Kind.CITIZENS: _USUAL,
    # Of three partners two are enough: one that is away does not stop the others.
    Kind.PARTNERSHIP: _USUAL
    | {"mode": rules.Mode.CONCURRENT.value, "notice_days": 14, "quorum_least": 2},
}


@operation(needs="governance.arrange_meeting")
def make_body(
    *,
    name: str,
    since: dt.date,
    kind: str = Kind.GENERAL,
    purpose: str = "",
    values: Mapping[str, Any] | None = None,
    sources: Mapping[str, str] | None = None,
    by: Actor,
) -> Body:
    """Note who meets, with the rules that hold from a day; the usual ones where `values` has none.

    There is one general meeting. `sources` cites the society's rules, by the names of `values`.
    """
    if kind not in Kind.values:
        raise RuleError("Choose what it is.", field="kind")
    if kind == Kind.GENERAL and Body.objects.standing().filter(kind=kind).exists():
        raise RuleError("The general meeting of members is there already.", field="kind")
    body = Body(kind=kind)
    _name(body, name, purpose)
    _save_rules(RuleSet(body=body, since=since), USUAL_RULES[kind] | dict(values or {}), sources)
    audit.record(by, "governance.make_body", body, kind=kind, since=since.isoformat())
    return body


@operation(needs="governance.arrange_meeting")
def change_body(*, body: Body, name: str, purpose: str = "", by: Actor) -> Body:
    """Give it another name or purpose."""
    _name(body, name, purpose)
    audit.record(by, "governance.change_body", body)
    return body


def _name(body: Body, name: str, purpose: str) -> None:
    body.name, body.purpose = name.strip(), purpose.strip()
    if not body.name:
        raise RuleError("Give it a name, such as “General meeting of members”.", field="name")
    if Body.objects.filter(name__iexact=body.name).exclude(pk=body.pk).exists():
        raise RuleError("There is already one of this name.", field="name")
    body.save()


@operation(needs="governance.arrange_meeting")
def end_body(*, body: Body, on: dt.date, by: Actor) -> Body:
    """It meets no more from a day on, when nobody sits on it. What it decided is kept."""
    if body.meetings.filter(state__in=["called", "open"]).exists():
        raise RuleError("A meeting of it has been called. Close that, or call it off, first.")
    if body.seats.held_on(on).exists():
        raise RuleError("People still sit on it. End their seats first.")
    if Body.objects.standing().filter(pk=body.pk).update(ended_on=on) != 1:
        raise RuleError("It has ended already.")
    body.refresh_from_db()
    audit.record(by, "governance.end_body", body, from_day=on.isoformat())
    return body


@operation(needs="governance.arrange_meeting")
def set_rules(
    *,
    body: Body,
    since: dt.date,
    values: Mapping[str, Any],
    sources: Mapping[str, str],
    by: Actor,
) -> RuleSet:
    """Follow a change of the society's rules from a day on; what was before stays to be read.

    The same day again puts right what was noted for it, until a meeting has been called by it:
    that meeting keeps the rules it was called by.
    """
    found = body.rule_sets.filter(since=since).first()
    if found and found.meetings.exists():
        raise RuleError(
            "A meeting has been called by the rules of that day. Choose a later day.",
            field="since",
        )
    rule_set = found or RuleSet(body=body, since=since)
    before = {name: getattr(rule_set, name) for name in RULE_FIELDS} if found else {}
    _save_rules(rule_set, values, sources)
    audit.record(
        by,
        "governance.set_rules",
        rule_set,
        body=body.pk,
        since=since.isoformat(),
        before=before,
        after={name: getattr(rule_set, name) for name in RULE_FIELDS},
    )
    return rule_set


def _save_rules(
    rule_set: RuleSet, values: Mapping[str, Any], sources: Mapping[str, str] | None
) -> None:
    """Write rules down, if they can be kept; RuleError says which cannot, beside its field."""
    for name, value in values.items():
        if name not in RULE_FIELDS:
            raise ValueError(f"{name} is not a rule.")
        setattr(rule_set, name, value)
    cited = {name: text.strip() for name, text in (sources or {}).items()}
    rule_set.sources = {name: text for name, text in cited.items() if text}
    _refuse_nonsense(rule_set)
    try:
        rule_set.full_clean(exclude=["body"], validate_unique=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise RuleError(messages[0], field=field) from None
    rule_set.save()


def _refuse_nonsense(rule_set: RuleSet) -> None:
    """What every number may be by itself and rules cannot mean."""
    if not 1 <= rule_set.notice_days <= MOST_NOTICE_DAYS:
        raise RuleError(f"Notice is 1 to {MOST_NOTICE_DAYS} days.", field="notice_days")
    if not 0 <= rule_set.days_in_post <= MOST_DAYS_IN_POST:
        raise RuleError(f"A letter takes 0 to {MOST_DAYS_IN_POST} days.", field="days_in_post")
    for name in ("quorum_percent", "short_notice_percent", "requisition_percent"):
        if not 0 <= getattr(rule_set, name) <= 100:
            raise RuleError("A part is 0 to 100 per cent.", field=name)
    if rule_set.quorum_least < 1:
        raise RuleError("It takes at least one person.", field="quorum_least")
    if rule_set.retire_one_in < 1:
        raise RuleError("One in how many? 1 means all of them.", field="retire_one_in")
    _refuse_unknown_constituencies(rule_set)
    if rule_set.mode == rules.Mode.BLOCKS.value and sum(rule_set.weights.values()) != 100:
        raise RuleError("The shares of the vote must come to 100 together.", field="weights")
    by_class = rule_set.body.kind == Kind.GENERAL and rule_set.mode == rules.Mode.CONCURRENT.value
    if by_class and not rule_set.must_agree:
        raise RuleError("Say who must agree by themselves.", field="must_agree")


def _refuse_unknown_constituencies(rule_set: RuleSet) -> None:
    known = set(MemberClass.objects.values_list("constituency", flat=True))
    for name in ("quorum_of_class", "weights", "must_agree", "seats_of_class"):
        unknown = sorted(set(getattr(rule_set, name)) - known)
        if unknown:
            raise RuleError(f"No class of members votes in “{unknown[0]}”.", field=name)
