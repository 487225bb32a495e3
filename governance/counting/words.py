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


def _done(
    stage: Stage, before: Stage | None, names: Mapping[int, str], places: int
) -> str:
    if stage.kind == "first":
        return "Each paper was counted for its first preference."
    if stage.kind == "marks":
        return "Each paper gave one vote to every candidate it marked, up to the number of seats."
    if stage.candidate is None:
        return (
            "Each elected candidate kept just enough of every paper to hold the quota, "
            "and the rest of the paper went to its next preference."
        )
    assert before is not None  # only the first stage has none
    name, held = names[stage.candidate], before.totals[stage.candidate]
    if stage.kind == "surplus":
        assert stage.quota is not None
        surplus = held - stage.quota
        sentence = (
            f"{name} had {_votes(held, places)}, which is {readable(surplus, places)} more than "
            f"the quota. All of {name}’s papers were passed to their next preference, each at "
            f"{readable(surplus, places)} ÷ {readable(held, places)} of the value it had."
        )
    else:
        sentence = (
            f"{name} was excluded at stage {stage.n}, having the fewest votes "
            f"({readable(held, places)})."
        )
        if held:
            sentence += (
                " The papers went to their next preferences at the value they had."
            )
    gone = stage.non_transferable - before.non_transferable
    if gone > 0:
        sentence += (
            f" Papers with no further preference, and fractions dropped, came to "
            f"{_votes(gone, places)}."
        )
    return sentence


def _elected(
    elected: Elected, stage: Stage, names: Mapping[int, str], places: int
) -> str:
    name, held = names[elected.candidate], stage.totals[elected.candidate]
    start = f"{name} was elected at stage {stage.n}"
    votes = _votes(held, places)
    if elected.reason == "quota":
        assert stage.quota is not None
        does = "reaching" if held == stage.quota else "passing"
        return f"{start} with {votes}, {does} the quota of {readable(stage.quota, places)}."
    if elected.reason == "majority":
        return f"{start} with {votes}, more than half of the votes still in the count."
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
        sentences.append(
            "Nobody cast a valid vote, so only the lot order could decide."
        )
    if standing <= seats:
        sentences.append(
            "There were no more candidates than seats, so everybody standing was elected."
        )
    if len(elected) < seats:
        short = seats - len(elected)
        sentences.append(
            "1 seat stays empty." if short == 1 else f"{short} seats stay empty."
        )
    sentences.append(
        f"Elected: {listed(elected)}." if elected else "Nobody was elected."
    )
    return sentences
