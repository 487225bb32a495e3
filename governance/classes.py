"""How the votes of the classes are put together at a meeting, as governance.rules wants it.

Votes are counted by constituency: the classes of members whose votes go together. Where limited
classes are capped, each class with a limit of its own is counted by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from governance import rules
from governance.models import Election, Motion, RuleSet
from members.models import MemberClass


def limited_classes() -> list[MemberClass]:
    """The classes that the register sets a limit to."""
    bound = Q(most_votes_percent__isnull=False) | Q(may_control=False)
    return list(MemberClass.objects.filter(bound))


def counted_apart(rule_set: RuleSet) -> dict[str, str]:
    """Code of a class → its name, of each class that is counted by itself and not with its
    constituency.
    """
    if rule_set.mode != rules.Mode.CAPPED.value:
        return {}
    return {one.code: one.name for one in limited_classes()}


def mode_of(rule_set: RuleSet) -> rules.Mode:
    """How votes are counted; by heads where classes are capped and no class has a limit."""
    mode = rules.Mode(rule_set.mode)
    if mode is rules.Mode.CAPPED and not limited_classes():
        return rules.Mode.HEADS
    return mode


def needs_of(motion: Motion, *, amendment: bool = False) -> rules.Needs:
    """What a motion needs by the Act, or else by the rules of its meeting; by hands, on a poll and
    in a secret vote alike. An amendment takes no more than any motion.
    """
    if motion.statute:
        return motion.statute.needs(motion.step)
    its = motion.item.meeting.rules
    change = motion.kind == Motion.Kind.RULES and not amendment
    threshold = its.rule_change if change else its.threshold
    return rules.Needs(
        rules.THRESHOLDS[threshold], rules.Base(its.threshold_of), rules.Mode(mode_of(its))
    )


def needs_of_vote(election: Election) -> rules.Needs | None:
    """What a secret vote needs to be carried: from its opening on what was asked then. None where
    people are elected.
    """
    if election.motion is None:
        return None
    return needs_of(election.motion) if election.may_change else election.needs


def class_facts(rule_set: RuleSet, names: Iterable[str]) -> list[dict[str, Any]]:
    """What the rules say of each group that is counted together, as plain values: kept with a vote
    as it opens. The keys are those of governance.rules.ClassOutcome.
    """
    bound = {one.name: one for one in limited_classes()}
    return [
        {
            "code": name,
            "name": name or "Members of no class",
            "most_percent": bound[name].most_votes_percent if name in bound else None,
            "may_control": bound[name].may_control if name in bound else True,
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
