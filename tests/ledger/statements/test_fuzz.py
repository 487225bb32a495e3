"""Whatever bytes arrive: a checked statement, or faults in sentences, and nothing else."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ledger.statements import (
    PROFILES,
    Fault,
    Statement,
    StatementError,
    read_headings,
    read_statement,
)
from tests.ledger.statements.files import SAMPLES, sample
from tests.ledger.statements.test_csv import COLUMNS

NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.suffix in (".csv", ".ofx"))
profiles = st.sampled_from([None, *PROFILES])
MARKS = [b'"', b",", b";", b"\t", b"\n", b"\r", b"-", b"'", b"\x85", b"\xa3", b"\xef\xbb\xbf"]
TAGS = [b"<", b">", b"</", b"<STMTTRN>", b"</OFX>", b"<!", b"<![CDATA[", b"&#0;", b"&#xDFFF;"]
pieces = st.one_of(st.binary(max_size=8), st.sampled_from([*MARKS, *TAGS, b"9" * 5000]))


def read(data: bytes, profile: str | None) -> Statement | list[Fault]:
    try:
        return read_statement(data, profile, columns=COLUMNS if profile == "general" else None)
    except StatementError as error:
        return error.faults


def check(data: bytes, profile: str | None) -> None:
    statement = read(data, profile)
    if isinstance(statement, list):
        assert statement
        assert all(fault.field and fault.sentence.endswith(".") for fault in statement)
        return
    assert statement.lines
    assert all(line.amount_pence and line.checksum for line in statement.lines)
    assert len({line.checksum for line in statement.lines}) == len(statement.lines)
    if statement.opening_pence is not None:
        total = sum(line.amount_pence for line in statement.lines)
        assert statement.opening_pence + total == statement.closing_pence


@given(st.binary(max_size=400), profiles)
@example(b"\r", None)
@example(b"<OFX", "ofx")
def test_any_bytes_at_all(data: bytes, profile: str | None) -> None:
    check(data, profile)


@given(st.text(alphabet="DateTypscrin,Amoul;BaP\t\"'/0123456789.-£\n ", max_size=300), profiles)
def test_any_text_of_a_statements_letters(text: str, profile: str | None) -> None:
    check(text.encode(), profile)


@given(st.sampled_from(NAMES), profiles, st.data())
def test_a_sample_with_bytes_taken_out_put_in_and_altered(
    name: str, profile: str | None, data: st.DataObject
) -> None:
    content = sample(name)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        end = place + data.draw(st.integers(0, 12))
        content = content[:place] + data.draw(pieces) + content[end:]
    check(content, profile)


@given(st.sampled_from(NAMES), st.data())
def test_a_download_that_broke_off(name: str, data: st.DataObject) -> None:
    content = sample(name)
    check(content[: data.draw(st.integers(0, len(content)))], None)


@given(st.binary(max_size=300))
def test_headings_are_looked_for_in_anything(data: bytes) -> None:
    try:
        headings = read_headings(data)
    except StatementError:
        return
    assert all(headings)
