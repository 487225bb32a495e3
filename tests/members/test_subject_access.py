"""Everything about one person: complete, checked, packed, given, logged and removed."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.models import InterestRegistration
from core import audit, files, mail
from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, Job, OutboxMessage, PrivateFile, ReadLine, User
from core.operations import keep_file
from core.relations import relations_to
from ledger.models import Posting
from members import tasks
from members.checklist import FILE_OWNER
from members.models import DataRequest, Member, MemberClass, Nomination, Person
from members.operations import (
    add_person,
    ask_data_pack,
    call_off_data_request,
    claim_data_pack,
    fail_data_pack,
    give_data_pack,
    give_sign_in,
    key_paper_application,
    merge_people,
    note_consent,
    note_data_request,
    register_member,
    remove_old_packs,
)
from members.operations.data_requests import STALE_AFTER
from members.rules.data_requests import due_on
from members.subject_access import BY_ADDRESS, FILES, Everything, collect
from services.models import Visit
from tests.members.conftest import TODAY
from tests.members.rows_of_people import MAKERS, somebody

pytestmark = pytest.mark.django_db


def kinds(everything: Everything) -> dict[str, list[dict[str, Any]]]:
    return {section.kind: section.rows for section in everything.sections}


# --- Complete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_whatever_points_at_a_person_is_told(name: str, rita: Person) -> None:
    """MAKERS has every foreign key to Person (test_merging sees to that)."""
    row = MAKERS[name](rita)
    told = kinds(collect(rita))[name.rpartition(".")[0]]
    assert row.pk in [one["ID"] for one in told]


def test_the_test_above_forgets_no_relation() -> None:
    assert {str(relation) for relation in relations_to(Person)} == set(MAKERS)


def test_what_belongs_to_a_membership_is_told_and_so_are_the_books(
    rita: Person, classes: dict[str, MemberClass]
) -> None:
    register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=10, by=SYSTEM
    )
    rita.refresh_from_db()
    told = kinds(collect(rita))
    assert told["members.sharetransaction"][0]["quantity"] == 10
    assert {one["pence"] for one in told["ledger.posting"]} == {1000, -1000}
    assert told["ledger.posting"][0]["date"] == TODAY
    assert len(told["ledger.posting"]) == Posting.objects.filter(party=rita.party).count()


def test_what_only_names_somebody_is_told_and_not_followed(rita: Person) -> None:
    """A nominee is told that they are named, and nothing else of the member who named them."""
    MAKERS["members.nomination.nominee"](rita)
    told = kinds(collect(rita))
    assert len(told["members.nomination"]) == 1
    assert "members.member" not in told
    assert Nomination.objects.get().member.pk in Member.objects.values_list("pk", flat=True)


def test_care_is_told_down_to_the_visits(rita: Person) -> None:
    link = MAKERS["services.agreementline_preferred_carers.person"](somebody("Carer"))
    line = link.agreementline  # type: ignore[attr-defined]
    supported = line.version.agreement.person_supported
    Visit.objects.create(
        person_supported=supported,
        line=line,
        series=line.series,
        date=TODAY,
        starts_at=dt.datetime(2026, 3, 3, 8, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC),
        earliest_start=dt.datetime(2026, 3, 3, 8, tzinfo=dt.UTC),
        latest_start=dt.datetime(2026, 3, 3, 8, tzinfo=dt.UTC),
        minutes=60,
    )
    everything = collect(supported.person)
    assert len(kinds(everything)["services.visit"]) == 1
    assert "Carer Other" in [named.name for named in everything.others]


def test_logs_mail_and_applications_under_the_address_are_told(
    rita: Person, by: Actor, answers: dict[str, Any]
) -> None:
    note_consent(person=rita, purpose="news", given=True, how="phone", by=by)
    audit.record_reading(by, [rita.pk], "contact")
    mail.queue_text(key="k", kind="test", to="RITA@example.org", subject="Hello", text="Dear Rita")
    key_paper_application(
        answers=answers | {"email": "rita@example.org"}, received=TODAY, by=SYSTEM
    )
    told = kinds(collect(rita))
    assert "members.note_consent" in [one["action"] for one in told["core.auditline"]]
    assert told["core.readline"][0]["user"] == "Sita Secretary"
    assert "Hello" in [one["subject"] for one in told["core.outboxmessage"]]
    assert told["members.application"][0]["first name"] == "Joan"


def test_the_public_site_adds_its_own_rows() -> None:
    assert (InterestRegistration, "email") in BY_ADDRESS


def test_every_kind_of_private_file_has_its_owner_in_the_pack() -> None:
    assert set(files.READERS) <= set(FILES)


def test_what_is_under_a_merged_number_is_told(rita: Person, by: Actor) -> None:
    twin = add_person(first_name="Rita", last_name="Shaw", by=SYSTEM)
    audit.record_reading(by, [twin.pk], "contact")
    old = twin.pk
    merge_people(kept=rita, gone=twin, number=old, by=by)
    told = kinds(collect(rita))
    assert len(told["core.readline"]) == 1
    assert str(old) in [one["object id"] for one in told["core.auditline"]]


def test_no_secret_leaves(rita: Person) -> None:
    give_sign_in(person=rita, by=SYSTEM)
    rita.refresh_from_db()
    told = kinds(collect(rita))
    assert "password" not in told["core.user"][0]
    assert told["account.emailaddress"]


# --- Other people --------------------------------------------------------------------------------


def test_names_of_others_can_be_left_out(rita: Person) -> None:
    MAKERS["members.authority.person"](rita)
    everything = collect(rita)
    named = next(one for one in everything.others if one.name == "Ann Other")
    assert named.sections == ["Authorities to act"]
    assert kinds(everything)["members.authority"][0]["by"] == "Ann Other"
    assert kinds(everything)["members.authority"][0]["person"] == "you"
    without = kinds(collect(rita, [named.key]))
    assert "Ann Other" not in str(without)


def test_whom_somebody_acted_for_is_named_and_can_be_left_out(
    rita: Person, make_user: Callable[..., User]
) -> None:
    """The log holds the number of a row: a reader is told who that is."""
    rita.user = make_user("rita")
    rita.save()
    noor = somebody("Noor")
    acting = Actor("user", user=rita.user, acting_for=noor.pk)
    audit.record(acting, "members.note_consent", rita)
    audit.record(Actor("user", user=rita.user, acting_for=rita.pk), "members.note_consent", rita)

    def told(*left_out: str) -> set[str]:
        rows = kinds(collect(rita, left_out))["core.auditline"]
        return {row["acting for"] for row in rows} - {None}

    assert told() == {str(noor), "you"}
    assert told(f"person:{noor.pk}") == {"(a name, left out)", "you"}


def test_free_text_is_pointed_out(rita: Person) -> None:
    MAKERS["members.consent.person"](rita)
    section = next(one for one in collect(rita).sections if one.kind == "members.consent")
    assert section.free_text == ("wording",)


# --- The request ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (dt.date(2026, 1, 31), dt.date(2026, 3, 2)),  # 28 February is a Saturday
        (dt.date(2026, 3, 3), dt.date(2026, 4, 7)),  # 3 April is Good Friday
        (dt.date(2026, 11, 30), dt.date(2026, 12, 30)),
        (dt.date(2027, 12, 31), dt.date(2028, 1, 31)),
    ],
)
def test_the_answer_is_due_within_a_month(received: dt.date, due: dt.date) -> None:
    assert due_on(received) == due


@pytest.fixture
def asked(rita: Person, by: Actor) -> DataRequest:
    return note_data_request(person=rita, received_on=TODAY, by=by)


def test_one_request_at_a_time(asked: DataRequest, rita: Person, by: Actor) -> None:
    with pytest.raises(RuleError, match="open request"):
        note_data_request(person=rita, received_on=TODAY, by=by)
    call_off_data_request(asked=asked, by=by)
    note_data_request(person=rita, received_on=TODAY, by=by)


def test_only_who_may_answer_can_ask_for_a_pack(
    asked: DataRequest, coordinator: User, as_user: Callable[[User], Actor]
) -> None:
    with pytest.raises(PermissionDenied):
        ask_data_pack(asked=asked, left_out=[], by=as_user(coordinator))


def made(asked: DataRequest, by: Actor, left_out: tuple[str, ...] = ()) -> zipfile.ZipFile:
    """The pack, made by a worker as after a commit."""
    job = ask_data_pack(asked=asked, left_out=left_out, by=by)
    tasks.make_data_pack(job.pk)
    asked.refresh_from_db()
    assert asked.state == DataRequest.State.READY
    assert asked.file is not None
    with asked.file.file.open("rb") as stored:
        return zipfile.ZipFile(io.BytesIO(stored.read()))


def test_the_pack_is_for_computers_and_for_people(
    asked: DataRequest, rita: Person, by: Actor, answers: dict[str, Any]
) -> None:
    application = key_paper_application(
        answers=answers | {"email": "rita@example.org"}, received=TODAY, by=SYSTEM
    )
    upload = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 sample", content_type="application/pdf")
    kept = keep_file(upload=upload, owner_kind=FILE_OWNER, owner_id=application.pk, by=SYSTEM)
    pack = made(asked, by)
    names = set(pack.namelist())
    assert {"data.json", f"files/{kept.pk}.pdf"} <= names
    assert names & {"data.pdf", "data.html"}
    data = json.loads(pack.read("data.json"))
    assert data["person"] == "Rita Shaw"
    assert "members.application" in [section["kind"] for section in data["sections"]]
    assert pack.read(f"files/{kept.pk}.pdf") == b"%PDF-1.7 sample"


def test_a_pack_made_again_replaces_the_first(asked: DataRequest, by: Actor) -> None:
    made(asked, by)
    first = asked.file
    assert first is not None
    made(asked, by)
    assert not PrivateFile.objects.filter(pk=first.pk).exists()


def test_of_two_workers_one_makes_it_and_a_dead_one_is_followed(
    asked: DataRequest, by: Actor
) -> None:
    job = ask_data_pack(asked=asked, left_out=[], by=by)
    first = claim_data_pack(job_id=job.pk, by=SYSTEM)
    assert first is not None
    assert claim_data_pack(job_id=job.pk, by=SYSTEM) is None
    with time_machine.travel(dt.datetime.now(dt.UTC) + STALE_AFTER + dt.timedelta(minutes=1)):
        tasks.take_up_data_packs()
    fail_data_pack(claim=first, note="Too late.", by=SYSTEM)  # who was given up is not heard
    asked.refresh_from_db()
    assert asked.state == DataRequest.State.READY


def test_a_pack_that_fails_can_be_asked_for_again(asked: DataRequest, by: Actor) -> None:
    job = ask_data_pack(asked=asked, left_out=[], by=by)
    claim = claim_data_pack(job_id=job.pk, by=SYSTEM)
    assert claim is not None
    fail_data_pack(claim=claim, note="It failed; the log says why.", by=SYSTEM)
    asked.refresh_from_db()
    assert asked.state == DataRequest.State.ASKED
    assert Job.objects.get(pk=job.pk).state == Job.State.FAILED
    made(asked, by)


def test_packs_are_removed_after_thirty_days(asked: DataRequest, by: Actor) -> None:
    made(asked, by)
    kept = asked.file
    assert kept is not None
    storage, name = kept.file.storage, kept.file.name
    now = dt.datetime(2026, 4, 2, 11, tzinfo=dt.UTC)
    assert remove_old_packs(now=now - dt.timedelta(days=1), by=SYSTEM) == 0
    assert remove_old_packs(now=now, by=SYSTEM) == 1
    asked.refresh_from_db()
    assert (asked.file, asked.state) == (None, DataRequest.State.ASKED)
    assert storage.exists(name)  # until the transaction is certain


# --- On the screen -------------------------------------------------------------------------------


@pytest.fixture
def sita(secretary: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(secretary)


def test_from_the_request_to_the_pack_that_is_given(
    sita: Client, rita: Person, by: Actor, signed_in: Callable[[User], Client]
) -> None:
    user = give_sign_in(person=rita, by=SYSTEM)
    MAKERS["members.authority.person"](rita)
    noted = sita.post(f"/members/people/{rita.pk}/data/", {"received_on": "3 March 2026"})
    asked = DataRequest.objects.get()
    assert noted.url == f"/members/data/{asked.pk}/"
    page = sita.get(noted.url).content.decode()
    assert "Ann Other (authorities to act)" in page
    assert "Tuesday 7 April 2026" in page
    key = next(one.key for one in collect(rita).others if one.name == "Ann Other")
    job = ask_data_pack(asked=asked, left_out=[key], by=by)
    assert "Being made" in sita.get(noted.url).content.decode()
    tasks.make_data_pack(job.pk)
    assert "Go on" in sita.get(f"{noted.url}progress/").content.decode()
    pack = f"/members/data/{asked.pk}/pack/"
    opened = sita.get(pack)
    assert opened["Cache-Control"] == "no-store"
    assert opened["Content-Disposition"] == 'attachment; filename="your-data.zip"'
    content = b"".join(opened.streaming_content)  # type: ignore[attr-defined]
    data = zipfile.ZipFile(io.BytesIO(content)).read("data.json").decode()
    assert "Ann Other" not in data
    read = ReadLine.objects.filter(group="everything").get()
    assert (read.subject_id, read.why) == (rita.pk, "export")
    assert AuditLine.objects.filter(action="members.open_data_pack").count() == 1

    own = signed_in(user)
    assert own.get(pack).status_code == 404  # not given yet
    late = sita.post(f"{noted.url}given/", {"given_on": "4 March 2026"})
    assert late.status_code == 400
    assert "Give a day from the request until today." in late.content.decode()
    sita.post(f"{noted.url}given/", {"given_on": "3 March 2026"})
    assert OutboxMessage.objects.get(kind="members.data_ready").to == "rita@example.org"
    assert pack in own.get("/members/me/").content.decode()
    assert own.get(pack).status_code == 200
    assert own.get("/members/data/").status_code == 403


def test_making_it_starts_a_worker_after_the_commit(
    sita: Client,
    asked: DataRequest,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sita.post(f"/members/data/{asked.pk}/make/")
    asked.refresh_from_db()
    assert asked.state == DataRequest.State.READY


def test_a_pack_that_is_gone_is_not_found(sita: Client, asked: DataRequest) -> None:
    assert sita.get(f"/members/data/{asked.pk}/pack/").status_code == 404


def test_giving_needs_a_pack_and_a_day(sita: Client, asked: DataRequest, by: Actor) -> None:
    with pytest.raises(RuleError, match="no pack"):
        give_data_pack(asked=asked, given_on=TODAY, by=by)
    assert sita.post(f"/members/data/{asked.pk}/given/", {"given_on": "soon"}).status_code == 400


def test_the_list_takes_the_same_queries_whatever_the_rows(
    sita: Client, by: Actor, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(12):
        note_data_request(person=somebody(f"N{number}"), received_on=TODAY, by=by)
    sita.get("/members/data/")
    with django_assert_max_num_queries(14):
        page = sita.get("/members/data/").content.decode()
    assert page.count("7 Apr 2026") == 12
