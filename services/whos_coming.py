"""Who comes to a visit: services does not know, so the app above that does registers an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

#: visit ids → first names of the carers who come, for the visits where that is settled.
Answer = Callable[[Collection[int]], Mapping[int, Sequence[str]]]

ANSWERS: dict[str, Answer] = {}


def register(name: str, answer: Answer) -> None:
    """Offer to know who comes. Called from an app's `ready`."""
    ANSWERS[name] = answer


def first_names(visit_ids: Collection[int]) -> dict[int, list[str]]:
    """The carers' first names by visit; visits that nobody is named for are left out."""
    coming: dict[int, list[str]] = {}
    for answer in ANSWERS.values():
        for visit_id, names in answer(visit_ids).items():
            coming.setdefault(visit_id, []).extend(names)
    return coming
