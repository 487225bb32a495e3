"""A bundle is whole, counts the same with Python alone, and shows every change."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.bundle import (
    Vote,
    bundle_of,
    canonical_json,
    chained,
    faults_of,
    merkle_root,
    read_archive,
    sha256,
    write_archive,
)
from governance.bundle.recount import verdict_of
from governance.counting import Ballot, Contest, count, count_choices, write_blt

RECEIPTS = [sha256(str(number).encode()) for number in range(24)]
CONTEST = Contest(
    title="Board 2026",
    candidates=("Ann Dyson", "Bo Reid", "Cy Shah"),
    seats=2,
    ballots=(Ballot((1, 3), 9), Ballot((2,), 8), Ballot((3, 2, 1), 7)),
)
ELECTION = {
    "title": "Board 2026",
    "kind": "stv",
    "seats": 2,
    "rules": "scottish-stv",
    "lot_order": [3, 1, 2],
}
COUNTED = count(CONTEST, rules="scottish-stv", lot_order=(3, 1, 2))
VOTE = Vote(
    election=ELECTION,
    roll={"entitled": 30, "voted": 24, "ballots": 24, "on_paper": 0, "spoilt": 0},
    events=[{"at": "2026-03-01T09:00:00Z", "what": "opened"}, {"what": "closed"}],
    checkpoints=[
        {"ballots": 10, "root": merkle_root(RECEIPTS[:10])},
        {"ballots": 24, "root": merkle_root(RECEIPTS)},
    ],
    receipts=RECEIPTS,
    count=json.loads(json.dumps(COUNTED.as_dict())),
    words=COUNTED.in_words(),
    sheet=COUNTED.as_csv(),
    blt=write_blt(CONTEST),
)
BUNDLE = bundle_of(VOTE)


def motion(answers: Mapping[str, int], *, entitled: int = 30, **needs: str) -> Vote:
    """A yes-or-no vote of so many answers."""
    said = [choice for choice, number in answers.items() for _ in range(number)]
    election = {
        "title": "Motion 1",
        "kind": "motion",
        "threshold": "two_thirds",
        "threshold_of": "cast",
        "mode": "heads",
        **needs,
    }
    tally = count_choices(said).as_dict()
    papers = Contest(
        title="Motion 1",
        candidates=("For", "Against", "Abstain"),
        seats=1,
        ballots=tuple(Ballot((place,), n) for place, n in enumerate(answers.values(), 1) if n),
    )
    receipts = RECEIPTS[: len(said)]
    return Vote(
        election=election,
        roll={
            "entitled": entitled,
            "voted": len(said),
            "ballots": len(said),
            "on_paper": 0,
            "spoilt": 0,
        },
        events=[],
        checkpoints=[{"ballots": len(said), "root": merkle_root(receipts)}],
        receipts=receipts,
        count=tally | {"verdict": verdict_of(election, tally, entitled=entitled).as_dict()},
        words=["Motion 1"],
        blt=write_blt(papers) if entitled >= 20 else "",
    )


def recounted(data: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """recount.py of a bundle, run by Python alone: no site packages, nothing of ours in reach."""
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    return subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "recount.py")],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
    )


def test_a_bundle_is_whole_and_the_same_every_time() -> None:
    assert faults_of(BUNDLE) == []
    assert faults_of(BUNDLE, sha256_declared=sha256(BUNDLE).upper()) == []
    assert bundle_of(replace(VOTE, receipts=RECEIPTS[::-1])) == BUNDLE


def test_recount_needs_python_alone(tmp_path: Path) -> None:
    done = recounted(BUNDLE, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Counted again: the result is the same." in done.stdout
    assert "Ann Dyson" in done.stdout


def test_recount_finds_another_result(tmp_path: Path) -> None:
    other = replace(VOTE, blt=VOTE.blt.replace("9 1 3 0", "1 1 3 0"))
    assert other.blt != VOTE.blt
    done = recounted(bundle_of(other), tmp_path)
    assert done.returncode == 1
    assert "NOT THE SAME" in done.stdout


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"for": 16, "against": 8, "abstain": 0}, True),
        ({"for": 15, "against": 8, "abstain": 1}, False),
    ],
)
def test_a_motion_is_recounted_with_its_threshold(
    answers: dict[str, int], said: bool, tmp_path: Path
) -> None:
    vote = motion(answers)
    assert vote.count["verdict"]["carried"] is said
    assert faults_of(bundle_of(vote)) == []
    assert recounted(bundle_of(vote), tmp_path).returncode == 0
    lied = replace(vote, count={**vote.count, "verdict": {"carried": not said}})
    assert any("verdict" in fault for fault in faults_of(bundle_of(lied)))


@pytest.mark.parametrize(("entitled", "carried"), [(46, True), (47, False)])
def test_a_motion_is_recounted_with_the_turnout_that_the_act_asks_for(
    entitled: int, carried: bool, tmp_path: Path
) -> None:
    """23 voted for or against; who abstained did not."""
    vote = motion(
        {"for": 22, "against": 1, "abstain": 1}, entitled=entitled, turnout="1/2", source="the Act"
    )
    assert vote.count["verdict"]["carried"] is carried
    assert ("1/2 of the 47" in vote.count["verdict"]["words"]) is not carried
    assert faults_of(bundle_of(vote)) == []
    done = recounted(bundle_of(vote), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lied = replace(vote, count={**vote.count, "verdict": {"carried": not carried}})
    assert any("verdict" in fault for fault in faults_of(bundle_of(lied)))


def test_a_small_roll_has_no_papers_and_recount_says_so(tmp_path: Path) -> None:
    vote = motion({"for": 6, "against": 3, "abstain": 1}, entitled=12)
    assert faults_of(bundle_of(vote)) == []
    done = recounted(bundle_of(vote), tmp_path)
    assert done.returncode == 0
    assert "The papers are not in this bundle" in done.stdout


def names_in(data: bytes) -> dict[str, range]:
    """Path → where its contents lie in the bundle."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            start = entry.header_offset + 30 + len(entry.filename.encode())
            found[entry.filename] = range(start, start + entry.file_size)
    return found


WHERE = names_in(BUNDLE)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(BUNDLE) - 1), st.integers(1, 255))
def test_one_byte_changed_anywhere_is_found_and_named(at: int, bits: int) -> None:
    changed = bytearray(BUNDLE)
    changed[at] ^= bits
    faults = faults_of(bytes(changed))
    inside = [name for name, where in WHERE.items() if at in where]
    # Between the contents lie names, sizes and dates: a file's own, or the container's.
    named = inside or [*WHERE, "container"]
    assert any(name in fault for fault in faults for name in named)


def test_every_byte_of_the_facts_counts() -> None:
    """All of them one by one, but for the code, which is the same for every vote."""
    for name, where in WHERE.items():
        if name.endswith(".py"):
            continue
        for at in where:
            changed = bytearray(BUNDLE)
            changed[at] ^= 1
            assert any(name in fault for fault in faults_of(bytes(changed))), (name, at)


@pytest.mark.parametrize("cut", [0, 1, 100, len(BUNDLE) // 2, len(BUNDLE) - 1])
def test_a_bundle_that_is_not_whole_is_refused(cut: int) -> None:
    assert faults_of(BUNDLE[:cut])


def test_bytes_before_or_behind_the_bundle_are_found() -> None:
    assert faults_of(BUNDLE + b"\n")
    assert faults_of(b"\n" + BUNDLE)


def remade(change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """The bundle with its files changed and every hash made anew: only its own sense is left."""
    files, _ = read_archive(BUNDLE)
    change(files)
    files.pop("manifest.json")
    files["manifest.json"] = canonical_json({"files": {n: sha256(d) for n, d in files.items()}})
    return write_archive(files)


def put(name: str, text: str) -> Callable[[dict[str, bytes]], Any]:
    return lambda files: files.__setitem__(name, text.encode())


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            put(
                "roll.json",
                '{"entitled": 30, "voted": 23, "ballots": 24, "on_paper": 0, "spoilt": 0}',
            ),
            "roll.json",
        ),
        (
            put(
                "roll.json",
                '{"entitled": 20, "voted": 24, "ballots": 24, "on_paper": 0, "spoilt": 0}',
            ),
            "more have voted",
        ),
        (put("receipts.txt", "\n".join(sorted(RECEIPTS)[1:])), "receipts"),
        (put("receipts.txt", "\n".join(sorted(RECEIPTS)[::-1])), "not sorted"),
        (put("checkpoints.json", "[]"), "no checkpoint"),
        (put("checkpoints.json", '[{"ballots": 24, "root": "00"}]'), "last checkpoint"),
        (put("checkpoints.json", "{}"), "checkpoint"),
        (put("events.json", '[{"what": "opened", "before": "", "hash": "x"}]'), "event 1"),
        (put("count.json", "{}"), "count.json"),
        (put("count.json", "not json"), "does not hold"),
        (lambda files: files.pop("ballots.blt"), "ballots.blt is missing"),
        (lambda files: files.pop("roll.json"), "roll.json is missing"),
        (put("ballots.blt", "3 2\nnonsense"), "ballots.blt cannot be counted"),
    ],
)
def test_a_bundle_made_anew_must_still_make_sense(
    change: Callable[[dict[str, bytes]], Any], named: str
) -> None:
    faults = faults_of(remade(change))
    assert any(named in fault for fault in faults), faults


def test_only_the_declared_hash_tells_a_bundle_made_anew_in_full() -> None:
    other = bundle_of(replace(VOTE, words=["Somebody else was elected."]))
    assert faults_of(other) == []
    (fault,) = faults_of(other, sha256_declared=sha256(BUNDLE))
    assert "not the bundle that was declared" in fault


def test_a_packed_bomb_is_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("roll.json", b"0" * 50_000_000)
    assert any("roll.json" in fault for fault in faults_of(packed.getvalue()))


# --- Hashes ---------------------------------------------------------------------------------------


@given(st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), unique=True), st.randoms())
def test_a_root_tells_nothing_of_the_order(leaves: list[str], random: Any) -> None:
    shuffled = random.sample(leaves, len(leaves))
    assert merkle_root(shuffled) == merkle_root(leaves)


def test_roots_differ_for_every_number_of_leaves() -> None:
    roots = {merkle_root(RECEIPTS[:number]) for number in range(len(RECEIPTS) + 1)}
    assert len(roots) == len(RECEIPTS) + 1
    # A node in the place of a leaf, and the last leaf twice, are other trees.
    assert merkle_root([merkle_root(RECEIPTS[:2])]) not in roots
    assert merkle_root([*RECEIPTS[:3], RECEIPTS[2]]) != merkle_root(RECEIPTS[:3])


def test_a_chain_shows_what_was_left_out() -> None:
    events = chained([{"what": "a"}, {"what": "b"}, {"what": "c"}])
    data = remade(put("events.json", json.dumps([events[0], events[2]])))
    assert any("event 2" in fault for fault in faults_of(data))


def test_one_that_was_zipped_again_another_way_is_not_called_changed(tmp_path: Path) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(BUNDLE)) as true,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again,
    ):
        for entry in true.infolist():
            again.writestr(entry.filename, true.read(entry))
    faults = faults_of(out.getvalue())
    assert any("or the bundle was unpacked and zipped again" in fault for fault in faults)


# --- The command ----------------------------------------------------------------------------------


def test_the_command_passes_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(BUNDLE)
    call_command("verify_election", str(bundle), sha256=sha256(BUNDLE))
    assert "counts the same" in capsys.readouterr().out
    call_command("verify_election", str(bundle))
    assert "--sha256" in capsys.readouterr().out
    small = tmp_path / "small.zip"
    small.write_bytes(bundle_of(motion({"for": 6, "against": 3}, entitled=12)))
    call_command("verify_election", str(small))
    said = capsys.readouterr().out
    assert "sums agree" in said
    assert "counts the same" not in said
    at = WHERE["ballots.blt"].start
    bundle.write_bytes(BUNDLE[:at] + b"8" + BUNDLE[at + 1 :])
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_election", str(bundle))
    assert "ballots.blt has been changed" in capsys.readouterr().err
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_election", str(tmp_path / "nowhere.zip"))
