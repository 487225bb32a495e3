"""From the first saved step until the application is handed in, and coming back to it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.actors import VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, PrivateFile
from members.models import Application, MemberClass
from members.operations import (
    add_evidence,
    admit,
    invite,
    refuse,
    resume,
    save_step,
    send_resume_code,
    start_application,
    submit,
    withdraw,
)
from members.rules import STEPS
from tests.members.conftest import MINUTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(classes: dict[str, MemberClass]) -> Application:
    return start_application(member_class=classes["community"], by=VISITOR)


def fill_in(application: Application, answers: dict[str, Any]) -> Application:
    for step, fields in STEPS.items():
        said = {name: answers[name] for name in fields if name in answers}
        application = save_step(application=application, step=step, answers=said, by=VISITOR)
    return application


def code_in_mail() -> str:
    found = re.search(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b", OutboxMessage.objects.first().text)
    assert found
    return found.group(1)


def test_a_draft_is_kept_step_by_step(draft: Application) -> None:
    save_step(
        application=draft,
        step="contact",
        answers={"postcode": "qx7 2ab", "email": " joan@example.org "},
        by=VISITOR,
    )
    kept = Application.objects.get()
    assert (kept.state, kept.postcode, kept.email) == ("draft", "QX7 2AB", "joan@example.org")


def test_what_cannot_be_read_is_refused_beside_its_field(draft: Application) -> None:
    for step, answers, field in (
        ("contact", {"postcode": "nowhere"}, "postcode"),
        ("contact", {"phone": "ring me"}, "phone"),
        ("about", {"born": dt.date(2026, 3, 4)}, "born"),
        ("shares", {"shares": 100_001}, "shares"),
    ):
        with pytest.raises(RuleError) as refusal:
            save_step(application=draft, step=step, answers=answers, by=VISITOR)
        assert refusal.value.field == field
    draft.refresh_from_db()
    assert (draft.postcode, draft.phone, draft.born, draft.shares) == ("", "", None, 1)


def test_a_step_cannot_save_what_it_does_not_ask(draft: Application) -> None:
    with pytest.raises(ValueError, match="state"):
        save_step(application=draft, step="about", answers={"state": "admitted"}, by=VISITOR)


def test_leaving_a_class_for_organisations_forgets_the_organisation(
    draft: Application, classes: dict[str, MemberClass]
) -> None:
    save_step(
        application=draft,
        step="about",
        answers={"organisation_name": "Beck Wheels", "organisation_kind": "charity"},
        by=VISITOR,
    )
    changed = save_step(
        application=draft,
        step="class",
        answers={"member_class": classes["family"]},
        by=VISITOR,
    )
    assert (changed.organisation_name, changed.organisation_kind) == ("", "")


def test_handing_in_thanks_the_applicant_and_names_nobody_in_the_subject(
    draft: Application, answers: dict[str, Any]
) -> None:
    submit(application=fill_in(draft, answers), by=VISITOR)
    message = OutboxMessage.objects.get()
    assert message.to == "joan@example.org"
    assert draft.reference in message.text
    assert "Joan" not in message.subject
    assert "Dyson" not in message.subject


def test_handing_in_twice_changes_nothing(draft: Application, answers: dict[str, Any]) -> None:
    stale = fill_in(draft, answers)
    first = submit(application=stale, by=VISITOR)
    again = submit(application=Application.objects.get(), by=VISITOR)
    assert again.submitted_at == first.submitted_at
    assert OutboxMessage.objects.count() == 1
    assert AuditLine.objects.filter(action="members.submit").count() == 1


def test_handing_in_from_a_tab_left_open_is_as_harmless(
    draft: Application, answers: dict[str, Any]
) -> None:
    fill_in(draft, answers)
    one, other = Application.objects.get(), Application.objects.get()
    submit(application=one, by=VISITOR)
    assert submit(application=other, by=VISITOR).state == "submitted"
    assert OutboxMessage.objects.count() == 1


def test_an_incomplete_application_cannot_be_handed_in(
    draft: Application, answers: dict[str, Any]
) -> None:
    incomplete = fill_in(draft, answers | {"agreed_to_rules_at": None})
    with pytest.raises(RuleError, match="missing"):
        submit(application=incomplete, by=VISITOR)
    assert Application.objects.get().state == "draft"


def test_what_is_handed_in_can_no_longer_be_changed(
    draft: Application, answers: dict[str, Any]
) -> None:
    stale = fill_in(draft, answers)
    submit(application=Application.objects.get(), by=VISITOR)
    with pytest.raises(RuleError, match="handed in"):
        save_step(application=stale, step="shares", answers={"shares": 9}, by=VISITOR)
    with pytest.raises(RuleError, match="handed in"):
        add_evidence(application=stale, upload=letter(), by=VISITOR)
    assert not PrivateFile.objects.exists()
    assert Application.objects.get().shares == 10


def letter() -> SimpleUploadedFile:
    return SimpleUploadedFile("letter.pdf", b"%PDF-1.7 a letter", content_type="application/pdf")


def test_a_letter_counts_as_evidence(draft: Application, answers: dict[str, Any]) -> None:
    incomplete = fill_in(draft, answers | {"evidence": ""})
    with pytest.raises(RuleError, match="missing"):
        submit(application=incomplete, by=VISITOR)
    add_evidence(application=incomplete, upload=letter(), by=VISITOR)
    assert submit(application=incomplete, by=VISITOR).state == "submitted"


def test_five_files_are_enough(draft: Application) -> None:
    for _ in range(5):
        add_evidence(application=draft, upload=letter(), by=VISITOR)
    with pytest.raises(RuleError, match="up to 5"):
        add_evidence(application=draft, upload=letter(), by=VISITOR)
    assert PrivateFile.objects.count() == 5


def test_the_applicant_may_take_it_back_until_it_is_decided(
    waiting: Callable[..., Application], by: Actor
) -> None:
    assert withdraw(application=waiting(), by=VISITOR).state == "withdrawn"
    refused = refuse(application=waiting(), reason="Lives elsewhere.", by=by, **MINUTE)
    with pytest.raises(RuleError, match="decided"):
        withdraw(application=refused, by=VISITOR)


# --- Coming back with a code ----------------------------------------------------------------------


@pytest.fixture
def left(draft: Application) -> Application:
    """A draft that somebody left, with an e-mail address to come back by."""
    return save_step(
        application=draft, step="contact", answers={"email": "joan@example.org"}, by=VISITOR
    )


def test_a_code_opens_the_application_once(left: Application) -> None:
    send_resume_code(email="JOAN@example.org", by=VISITOR)
    code = code_in_mail()
    opened = resume(email="joan@example.org", code=f" {code.lower()} ", by=VISITOR)
    assert opened == left
    assert resume(email="joan@example.org", code=code, by=VISITOR) is None


def test_only_a_hash_of_the_code_is_kept(left: Application) -> None:
    send_resume_code(email="joan@example.org", by=VISITOR)
    left.refresh_from_db()
    assert len(left.resume_digest) == 64
    assert code_in_mail().replace("-", "").lower() not in left.resume_digest


def test_a_code_runs_out_after_an_hour(left: Application) -> None:
    send_resume_code(email="joan@example.org", by=VISITOR)
    code = code_in_mail()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        assert resume(email="joan@example.org", code=code, by=VISITOR) is None


def test_after_five_wrong_codes_the_right_one_no_longer_works(left: Application) -> None:
    send_resume_code(email="joan@example.org", by=VISITOR)
    for _ in range(5):
        assert resume(email="joan@example.org", code="WRONGONE", by=VISITOR) is None
    assert resume(email="joan@example.org", code=code_in_mail(), by=VISITOR) is None


def test_a_new_code_ends_the_one_before_and_its_tries(left: Application) -> None:
    send_resume_code(email="joan@example.org", by=VISITOR)
    old = code_in_mail()
    for _ in range(5):
        resume(email="joan@example.org", code="WRONGONE", by=VISITOR)
    send_resume_code(email="joan@example.org", by=VISITOR)
    assert resume(email="joan@example.org", code=old, by=VISITOR) is None
    assert resume(email="joan@example.org", code=code_in_mail(), by=VISITOR) == left


def test_the_code_of_one_address_opens_nothing_of_another(left: Application) -> None:
    send_resume_code(email="joan@example.org", by=VISITOR)
    assert resume(email="rita@example.org", code=code_in_mail(), by=VISITOR) is None


def test_an_address_without_application_gets_no_mail(left: Application) -> None:
    send_resume_code(email="nobody@example.org", by=VISITOR)
    assert not OutboxMessage.objects.exists()


def test_two_who_share_an_address_each_get_a_code_of_their_own(
    left: Application, classes: dict[str, MemberClass]
) -> None:
    other = start_application(member_class=classes["family"], by=VISITOR)
    save_step(application=other, step="contact", answers={"email": left.email}, by=VISITOR)
    send_resume_code(email=left.email, by=VISITOR)
    codes = [
        re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", message.text).group()  # type: ignore[union-attr]
        for message in OutboxMessage.objects.all()
    ]
    opened = {resume(email=left.email, code=code, by=VISITOR) for code in codes}
    assert opened == {left, other}


def test_who_was_admitted_signs_in_and_gets_no_code(
    waiting: Callable[..., Application], by: Actor
) -> None:
    admit(application=waiting(), by=by, **MINUTE)
    OutboxMessage.objects.all().delete()
    send_resume_code(email="joan@example.org", by=VISITOR)
    assert not OutboxMessage.objects.exists()


# --- An invitation --------------------------------------------------------------------------------


def test_an_invitation_begins_an_application_that_its_code_opens(
    by: Actor, classes: dict[str, MemberClass]
) -> None:
    begun = invite(
        email="meera@example.org", name="Meera Nair", member_class=classes["family"], by=by
    )
    assert (begun.first_name, begun.last_name, begun.state) == ("Meera", "Nair", "draft")
    with time_machine.travel(timezone.now() + dt.timedelta(days=13), tick=False):
        assert resume(email="meera@example.org", code=code_in_mail(), by=VISITOR) == begun


def test_inviting_again_sends_a_new_code_for_the_same_draft(by: Actor) -> None:
    first = invite(email="meera@example.org", name="Meera Nair", by=by)
    assert invite(email="Meera@example.org", name="Meera N", by=by) == first
    assert OutboxMessage.objects.count() == 2


def test_who_has_applied_is_not_invited(waiting: Callable[..., Application], by: Actor) -> None:
    waiting()
    with pytest.raises(RuleError, match="applied already"):
        invite(email="joan@example.org", name="Joan Dyson", by=by)
