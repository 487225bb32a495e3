"""The two-person rule."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import User
from core.two_people import other_person

ANN, BOB = User(pk=1), User(pk=2)


@pytest.mark.parametrize("first", [ANN, None], ids=["Ann", "the system"])
def test_another_person_may_do_the_second_step(first: User | None) -> None:
    other_person(first, Actor("user", user=BOB))


@pytest.mark.parametrize("acting_for", [None, 41])
def test_whoever_did_the_first_step_may_not_do_the_second(acting_for: int | None) -> None:
    with pytest.raises(RuleError, match="Somebody else must do the second step: you did the first"):
        other_person(ANN, Actor("user", user=ANN, acting_for=acting_for))


def test_the_system_is_not_a_second_person() -> None:
    with pytest.raises(RuleError, match="A person must do the second step"):
        other_person(ANN, SYSTEM)
