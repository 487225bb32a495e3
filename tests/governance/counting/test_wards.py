"""Real council elections: the count must match the returning officer's published figures."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from governance.counting import count, read_blt

REPO = Path(__file__).resolve().parents[3]
OWN = REPO / "tests" / "fixtures" / "wards"
EXTRA = Path(os.environ.get("WEFT_EXTRA_WARDS", REPO.parent / "shared" / "data" / "wards"))

WARDS = {path.stem: path for folder in (EXTRA, OWN) for path in folder.glob("*.blt")}


def test_the_dozen_wards_are_there() -> None:
    assert len(list(OWN.glob("*.blt"))) == 12


@pytest.mark.parametrize("ward", sorted(WARDS))
def test_a_real_ward_comes_out_as_declared(ward: str) -> None:
    path = WARDS[ward]
    official = json.loads(path.with_suffix(".official.json").read_text(encoding="utf-8"))

    result = count(read_blt(path.read_text(encoding="utf-8"))).as_dict()

    names = result["candidates"]
    assert result["seats"] == official["seats"]
    assert result["valid"] == official["valid"]
    assert result["quota"] == official["quota"]
    assert sorted(names.index(name) + 1 for name in result["elected"]) == official["elected"]
    assert len(result["stages"]) == official["stages"]
    for stage, published in zip(result["stages"], official["totals"], strict=True):
        for name, figure in zip(names, published, strict=True):
            assert at_precision_of(figure, stage["totals"][name]) == as_decimal(figure)


def as_decimal(figure: str | int) -> Decimal:
    """A published figure; where none was printed the candidate had no votes."""
    return Decimal(str(figure) or "0")


def at_precision_of(figure: str | int, votes: str) -> Decimal:
    return Decimal(votes).quantize(as_decimal(figure))
