"""A count told in plain sentences, for the people who voted."""

from collections.abc import Iterable, Mapping, Sequence

from governance.counting.stages import Elected, Stage, readable
from governance.counting.ties import Tie


def action_words(stage: Stage, names: Mapping[int, str]) -> str:
    """The heading of a stage: "Surplus of Ann Dyson"."""
    if stage.kind == "first":
        return "First preferences"
    if stage.kind == "marks":
        return "Marks counted"
    if stage.candidate is None:
        return "Surpluses shared"
    subject = "Surplus" if stage.kind == "surplus" else "Exclusion"
    return f"{subject} of {names[stage.candidate]}"


def stage_words(
    stage: Stage, before: Stage | None, names: Mapping[int, str], places: int
) -> list[str]:
    """Sentences that tell what happened at a stage and why; `before` is the stage before it."""
    sentences = [_done(stage, before, names, places)]
    sentences += [_tie(tie, names) for tie in stage.ties]
    sentences += [_elected(elected, stage, names, places) for elected in stage.elected]
    return sentences


def listed(words: Iterable[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    words = list(words)
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def papers_words(number: int) -> str:
    return "1 valid paper" if number == 1 else f"{number:,} valid papers"


def _votes(units: int, places: int) -> str:
    return "1 vote" if units == 10**places else f"{readable(units, places)} votes"


def _done(stage: Stage, before: Stage | None, names: Mapping[int, str], places: int) -> str:
    if stage.kind == "marks":
        return "Each paper gave one vote to every candidate it marked, up to the number of seats."
    if before is None:
        return "Each paper was counted for its first preference."
    if stage.candidate is None:
        sentence = (
            "Each elected candidate kept just enough of every paper to hold the quota, "
            "and the rest of the paper went to its next preference."
        )
    elif stage.kind == "surplus":
        held, kept = before.totals[stage.candidate], stage.totals[stage.candidate]
        surplus = readable(held - kept, places)
        sentence = (
            f"{names[stage.candidate]} had {_votes(held, places)}, {surplus} more than the quota. "
            f"All the papers went to their next preferences, each at {surplus} ÷ "
            f"{readable(held, places)} of the value it had."
        )
    else:
        held = before.totals[stage.candidate]
        sentence = (
            f"{names[stage.candidate]} was excluded at stage {stage.n}, having the fewest votes "
            f"({readable(held, places)})."
        )
        if held:
            sentence += " The papers went to their next preferences at the value they had."
    return sentence + _left_the_count(stage, before, places)


def _left_the_count(stage: Stage, before: Stage, places: int) -> str:
    gone = stage.non_transferable - before.non_transferable
    lost = stage.lost_to_rounding - before.lost_to_rounding
    sentence = ""
    if gone > lost:
        came_to = _votes(gone - lost, places)
        sentence += f" Papers with no further preference came to {came_to}."
    if lost:
        sentence += f" Dropped fractions came to {_votes(lost, places)}."
    return sentence


def _elected(elected: Elected, stage: Stage, names: Mapping[int, str], places: int) -> str:
    name, held = names[elected.candidate], stage.totals[elected.candidate]
    start = f"{name} was elected at stage {stage.n}"
    votes = _votes(held, places)
    if elected.reason == "quota":
        assert stage.quota is not None  # nobody reaches a quota where there is none
        did = "reached" if held == stage.quota else "passed"
        return f"{start} because {votes} {did} the quota of {readable(stage.quota, places)}."
    if elected.reason == "majority":
        return f"{start} because {votes} were more than half of those still in the count."
    if elected.reason == "most votes":
        return f"{name} was elected with {votes}."
    return (
        f"{start} with {votes}, without needing the quota, because no more candidates were left "
        "than there were seats to fill."
    )


def _tie(tie: Tie, names: Mapping[int, str]) -> str:
    chosen = names[tie.chosen]
    outcome = {
        "surplus": f"the surplus of {chosen} was passed on first",
        "exclusion": f"{chosen} was excluded",
        "election": f"{chosen} was placed first of them",
    }[tie.question]
    more = "fewest" if tie.question == "exclusion" else "most"
    start = f"{listed(names[c] for c in tie.tied)} had the same number of votes."
    if tie.stage is not None:
        return (
            f"{start} Looking back, stage {tie.stage} is the last at which they can be told "
            f"apart: {chosen} had the {more} votes then, so {outcome}."
        )
    level = listed(names[c] for c in tie.left)
    return (
        f"{start} Looking back at every stage does not tell {level} apart, "
        f"so the lot order published before the count decided: {outcome}."
    )


def summary_words(
    *,
    valid: int,
    seats: int,
    elected: Sequence[str],
    standing: int,
    withdrawn: Sequence[str],
    quota: str | None,
) -> list[str]:
    """What the whole count came to, before the stages are told."""
    places = "1 seat" if seats == 1 else f"{seats} seats"
    candidates = "1 candidate" if standing == 1 else f"{standing} candidates"
    sentences = [f"{papers_words(valid)}, {candidates}, {places}."]
    if quota is not None:
        sentences.append(f"The quota was {quota}.")
    if withdrawn:
        verb = "was" if len(withdrawn) == 1 else "were"
        sentences.append(
            f"{listed(withdrawn)} withdrew and {verb} left out of the count; papers passed "
            "straight to the next preference."
        )
    if valid == 0 and standing > seats:
        sentences.append("Nobody cast a valid vote, so only the lot order could decide.")
    if standing <= seats:
        sentences.append(
            "There were no more candidates than seats, so everybody standing was elected."
        )
    if len(elected) < seats:
        short = seats - len(elected)
        sentences.append("1 seat stays empty." if short == 1 else f"{short} seats stay empty.")
    sentences.append(f"Elected: {listed(elected)}." if elected else "Nobody was elected.")
    return sentences
