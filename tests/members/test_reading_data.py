"""A pack of data as a person reads it: chapters, plain titles, days, and no field of a computer."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from core import audit
from core.actors import SYSTEM, Actor
from core.documents import document_html
from core.models import User
from core.registry import OPERATIONS
from core.relations import relations_to
from ledger.models import Party
from members.models import MemberClass, Person
from members.operations import give_sign_in, register_member
from members.subject_access import BY_ADDRESS, OF_USER, collect
from members.subject_access.pack import TEMPLATE
from members.subject_access.reading import chapters, only_for_computers
from members.subject_access.titles import CHAPTERS, DEEDS, MACHINE, TITLES
from tests.members.conftest import TODAY
from tests.members.rows_of_people import MAKERS

pytestmark = pytest.mark.django_db


def paper(person: Person) -> str:
    sections = collect(person).sections
    context = {
        "person": person,
        "chapters": chapters(sections),
        "left_to_computers": only_for_computers(sections),
        "today": TODAY,
    }
    return re.sub(r"\s+", " ", document_html(TEMPLATE, context))


def test_every_kind_that_points_at_a_person_has_a_title() -> None:
    pointing = [*relations_to(Person), *relations_to(Party)]
    kinds = {one.model._meta.label_lower for one in pointing}
    kinds |= {name.rpartition(".")[0] for name in OF_USER}
    kinds |= {model._meta.label_lower for model, _field in BY_ADDRESS}
    assert sorted(kinds - TITLES.keys()) == []


def test_every_title_is_of_a_kind_that_there_is_and_stands_once() -> None:
    for kind in TITLES:
        assert apps.get_model(kind)
    listed = [kind for chapter in CHAPTERS.values() for kind in chapter] + list(MACHINE)
    assert len(listed) == len(set(listed)) == len(TITLES)


def test_what_was_done_is_told_in_words_of_a_person(rita: Person) -> None:
    audit.record(SYSTEM, "members.claim_data_pack", rita)
    assert "begin to make the data pack" in paper(rita)
    assert "claim data pack" not in paper(rita)


def test_every_deed_with_words_of_its_own_is_an_operation() -> None:
    assert sorted(DEEDS.keys() - OPERATIONS.keys()) == []


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_whatever_points_at_a_person_stands_on_paper_or_is_said_to_be_in_the_file(
    name: str, rita: Person
) -> None:
    MAKERS[name](rita)
    kind = name.rpartition(".")[0]
    assert TITLES[kind] in paper(rita) or MACHINE[kind] in paper(rita)


def test_the_paper_reads_as_people_write(
    rita: Person, classes: dict[str, MemberClass], by: Actor
) -> None:
    register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=10, by=SYSTEM
    )
    rita.refresh_from_db()
    give_sign_in(person=rita, by=SYSTEM)
    for _ in range(3):
        audit.record_reading(by, [rita.pk], "contact")
    text = paper(Person.objects.get())
    for heading in ("Who you are", "Your membership", "Your shares and money"):
        assert f"<h2>{heading}</h2>" in text
    assert "Date entered:</span> 3 March 2026" in text
    assert "the double entries of our books" in text
    assert "Sita Secretary" in text
    assert "member 1" not in text  # whose it is goes without saying
    for word in ("members.", "Journal", "Object id", "None", "entrys", "{", "Owner kind"):
        assert word not in text, word


def test_a_log_is_told_by_the_day(rita: Person, by: Actor, secretary: User) -> None:
    for _ in range(3):
        audit.record_reading(by, [rita.pk], "contact")
    audit.record_reading(by, [rita.pk], "money")
    [looked] = [
        section
        for chapter in chapters(collect(rita).sections)
        for section in chapter.sections
        if section.title == "Who has looked"
    ]
    told = [(row["day"], row["who"], row["what"], row["times"]) for row in map(dict, looked.rows)]
    assert sorted(told) == [
        ("3 March 2026", "Sita Secretary", "address and phone", "3"),
        ("3 March 2026", "Sita Secretary", "money", "1"),
    ]


def test_what_is_of_no_chapter_is_told_last(rita: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    MAKERS["members.consent.person"](rita)
    monkeypatch.delitem(TITLES, "members.consent")
    monkeypatch.delitem(CHAPTERS["Who you are"], "members.consent")
    last = chapters(collect(rita).sections)[-1]
    assert (last.heading, [one.title for one in last.sections]) == ("Also held", ["Consents"])
