"""How the votes of the classes are put together at a meeting, as governance.rules wants it.

The limits of a class of members (the register knows them) hold for its constituency: those whose
votes are counted together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from governance import rules
from governance.models import RuleSet
from members.models import MemberClass

#: constituency → (most of the votes in per cent or None, whether it may have the majority)
Limits = dict[str, tuple[int | None, bool]]


def limits() -> Limits:
    """Of each constituency with a limit, the strictest of its classes."""
    found: Limits = {}
    for one in MemberClass.objects.all():
        if one.most_votes_percent is None and one.may_control:
            continue
        most, may = found.get(one.constituency, (None, True))
        percents = [each for each in (most, one.most_votes_percent) if each is not None]
        found[one.constituency] = (min(percents, default=None), may and one.may_control)
    return found


def mixed_constituencies() -> list[str]:
    """Constituencies of which only some classes have a limit: it would bind the others too."""
    limited: set[str] = set()
    free: set[str] = set()
    for one in MemberClass.objects.all():
        bound = one.most_votes_percent is not None or not one.may_control
        (limited if bound else free).add(one.constituency)
    return sorted(limited & free)


def mode_of(rule_set: RuleSet) -> rules.Mode:
    """How votes are counted; by heads where classes are capped and no class has a limit."""
    mode = rules.Mode(rule_set.mode)
    if mode is rules.Mode.CAPPED and not limits():
        return rules.Mode.HEADS
    return mode


def class_facts(rule_set: RuleSet, names: Iterable[str]) -> list[dict[str, Any]]:
    """What the rules say of each constituency now, as plain values: kept with a vote as it opens.

    The keys are those of governance.rules.ClassOutcome.
    """
    bound = limits()
    return [
        {
            "code": name,
            "name": name or "Members of no class",
            "most_percent": bound.get(name, (None, True))[0],
            "may_control": bound.get(name, (None, True))[1],
            "weight": rule_set.weights.get(name, 0),
            "must_agree": name in rule_set.must_agree,
            "quorum": rule_set.quorum_of_class.get(name, 0),
        }
        for name in sorted(set(names))
    ]


def outcomes(
    facts: Iterable[Mapping[str, Any]], votes: Mapping[str, rules.Votes]
) -> list[rules.ClassOutcome]:
    """The votes of each class, with what the rules said of it."""
    return [
        rules.ClassOutcome(**fact, votes=votes.get(fact["code"], rules.Votes(0, 0)))
        for fact in facts
    ]
