"""Interest in a local co-op: registered, confirmed, withdrawn, invited."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cms import operations
from cms.models import InterestRegistration, LocalGroup
from core.actors import SYSTEM, VISITOR, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage, User
from members.models import Application
from tests.cms.conftest import ANSWERS, secret_mailed_to

Register = Callable[..., InterestRegistration]


def confirm(email: str = "ruth@example.org") -> InterestRegistration:
    return operations.confirm_interest(secret=secret_mailed_to(email), by=VISITOR)


def test_registering_keeps_the_sector_and_counts_nobody_yet(
    register: Register, group: LocalGroup
) -> None:
    registration = register()
    assert registration.sector == "QX7 6"
    assert registration.interests == ["Need care", "Volunteer"]
    assert registration.consent_version == ANSWERS["consent_version"]
    assert registration.state == "unconfirmed"
    assert group.registrations.confirmed().count() == 0


def test_the_full_postcode_is_kept_nowhere(register: Register) -> None:
    register(postcode="QX7 6ZW")
    kept = [*InterestRegistration.objects.values_list(), *AuditLine.objects.values_list()]
    kept += OutboxMessage.objects.values_list()
    said = repr(kept).upper()
    assert "QX76ZW" not in said.replace(" ", "")
    assert not re.search(r"\b6ZW\b", said)  # a secret may hold such letters by chance


def test_the_database_itself_refuses_a_full_postcode(register: Register) -> None:
    registration = register()
    for postcode in ("QX7 6AB", "W1 2AB", "QX76"):
        with pytest.raises(IntegrityError), transaction.atomic():
            InterestRegistration.objects.filter(pk=registration.pk).update(sector=postcode[:6])


def test_only_a_hash_of_the_secret_is_kept(register: Register) -> None:
    registration = register()
    assert secret_mailed_to(registration.email) not in repr(vars(registration))


def test_the_mail_names_nobody_in_its_subject(register: Register) -> None:
    register()
    message = OutboxMessage.objects.get()
    assert message.subject == "Please confirm your e-mail address"
    assert "Ruth" not in message.subject + message.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"postcode": "nowhere"}, "postcode"),
        ({"name": "  "}, "name"),
        ({"interests": []}, "interests"),
        ({"interests": ["is_superuser"]}, "interests"),
        ({"consent_version": "1066"}, "consent"),
    ],
)
def test_what_is_missing_or_forged_is_refused_and_nothing_is_kept(
    register: Register, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleError) as refusal:
        register(**change)
    assert refusal.value.field == field
    assert not InterestRegistration.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_group_that_has_ended_takes_no_names(register: Register, group: LocalGroup) -> None:
    operations.move_group(group=group, stage="closed", by=SYSTEM)
    with pytest.raises(RuleError, match="not taking names"):
        register()


def test_a_second_try_before_confirming_replaces_the_first(register: Register) -> None:
    first = register()
    old = secret_mailed_to(first.email)
    second = register(email="RUTH@example.org", interests=["work"])
    assert second.pk == first.pk
    assert InterestRegistration.objects.get().interests == ["Work"]
    with pytest.raises(RuleError, match="not one of ours"):
        operations.confirm_interest(secret=old, by=VISITOR)


def test_confirming_puts_somebody_on_the_list(register: Register, group: LocalGroup) -> None:
    register()
    assert confirm().state == "confirmed"
    tally = group.registrations.confirmed().tally()
    assert (tally["total"], tally["need_care"], tally["work"]) == (1, 1, 0)


def test_a_used_link_does_nothing_more(register: Register) -> None:
    register()
    confirm()
    with pytest.raises(RuleError, match="confirmed already"):
        confirm()


def test_an_unknown_link_is_refused(db: None) -> None:
    for act in (operations.confirm_interest, operations.withdraw_interest):
        with pytest.raises(RuleError, match="not one of ours"):
            act(secret="made-up", by=VISITOR)


def test_somebody_on_the_list_who_registers_again_is_there_once_with_the_newer_answers(
    register: Register, group: LocalGroup
) -> None:
    register()
    confirm()
    operations.invite_interested(registration=group.registrations.get(), by=SYSTEM)
    register(interests=["work"])
    confirm()
    registration = group.registrations.get()
    assert registration.interests == ["Work"]
    assert registration.invited_at is not None


def test_withdrawing_wipes_everything_personal_at_once(register: Register) -> None:
    register()
    confirm()
    register(interests=["work"])  # a second try, not confirmed
    secret = secret_mailed_to("ruth@example.org")
    operations.withdraw_interest(secret=secret, by=VISITOR)
    for row in InterestRegistration.objects.all():
        assert row.state == "withdrawn"
        assert (row.name, row.email, row.sector, row.digest, row.interests) == (
            "",
            "",
            "",
            None,
            [],
        )
    with pytest.raises(RuleError):
        operations.withdraw_interest(secret=secret, by=VISITOR)


def test_what_is_never_confirmed_is_forgotten_after_a_fortnight(
    register: Register, group: LocalGroup
) -> None:
    register(email="slow@example.org")
    register()
    confirm()
    with time_machine.travel(timezone.now() + dt.timedelta(days=13)):
        assert operations.forget_unconfirmed_interest(by=SYSTEM) == 0
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        assert operations.forget_unconfirmed_interest(by=SYSTEM) == 1
    assert group.registrations.get().email == "ruth@example.org"


def test_a_signed_sheet_puts_somebody_on_the_list_and_tells_them(
    group: LocalGroup, secretary: User, as_user: Callable[[User], Actor]
) -> None:
    entered = operations.enter_paper_interest(group=group, **ANSWERS, by=as_user(secretary))
    assert entered.state == "confirmed"
    operations.withdraw_interest(secret=secret_mailed_to("ruth@example.org"), by=VISITOR)
    entered.refresh_from_db()
    assert entered.state == "withdrawn"


def test_a_sheet_signed_twice_is_refused(group: LocalGroup) -> None:
    operations.enter_paper_interest(group=group, **ANSWERS, by=SYSTEM)
    with pytest.raises(RuleError, match="on the list already"):
        operations.enter_paper_interest(
            group=group, **(ANSWERS | {"email": "Ruth@Example.org"}), by=SYSTEM
        )
    assert group.registrations.count() == 1


def test_inviting_makes_an_application_in_their_name(
    register: Register, secretary: User, as_user: Callable[[User], Actor]
) -> None:
    register()
    invited = operations.invite_interested(registration=confirm(), by=as_user(secretary))
    application = Application.objects.get()
    assert invited.application == application
    assert (application.email, application.last_name) == ("ruth@example.org", "Ackroyd")


def test_nobody_is_invited_twice(register: Register) -> None:
    register()
    registration = confirm()
    operations.invite_interested(registration=registration, by=SYSTEM)
    stale = InterestRegistration(pk=registration.pk, state="confirmed")
    with pytest.raises(RuleError, match="invited already"):
        operations.invite_interested(registration=stale, by=SYSTEM)
    assert Application.objects.count() == 1


def test_nobody_is_invited_before_they_have_confirmed(register: Register) -> None:
    with pytest.raises(RuleError, match="confirmed their e-mail"):
        operations.invite_interested(registration=register(), by=SYSTEM)
    assert not Application.objects.exists()


def test_a_refused_invitation_leaves_nothing_half_done(register: Register) -> None:
    """They have handed in an application already: the list must not say that they were invited."""
    register()
    registration = confirm()
    Application.objects.create(reference="A1", email="ruth@example.org", state="submitted")
    with pytest.raises(RuleError, match="applied already"):
        operations.invite_interested(registration=registration, by=SYSTEM)
    registration.refresh_from_db()
    assert registration.invited_at is None


def test_only_the_secretary_leads_a_group(
    register: Register, group: LocalGroup, coordinator: User, as_user: Callable[[User], Actor]
) -> None:
    register()
    registration = confirm()
    for act in (
        lambda by: operations.invite_interested(registration=registration, by=by),
        lambda by: operations.move_group(group=group, stage="formed", by=by),
        lambda by: operations.enter_paper_interest(group=group, **ANSWERS, by=by),
    ):
        for by in (VISITOR, as_user(coordinator)):
            with pytest.raises(PermissionDenied):
                act(by)


def test_a_group_moves_on_and_says_so_in_the_audit_trail(group: LocalGroup) -> None:
    operations.move_group(group=group, stage="feasibility", by=SYSTEM)
    group.refresh_from_db()
    assert group.stage == "feasibility"
    line = AuditLine.objects.filter(action="cms.move_group").get()
    assert line.data == {"before": "finding", "after": "feasibility"}


@pytest.mark.parametrize("stage", ["finding", "nonsense"])
def test_a_group_stays_where_it_is_told_to_go_nowhere(group: LocalGroup, stage: str) -> None:
    with pytest.raises(RuleError):
        operations.move_group(group=group, stage=stage, by=SYSTEM)


def test_a_group_that_has_ended_stays_ended(group: LocalGroup) -> None:
    operations.move_group(group=group, stage="closed", by=SYSTEM)
    with pytest.raises(RuleError, match="has ended"):
        operations.move_group(group=group, stage="idea", by=SYSTEM)
    group.refresh_from_db()
    assert group.stage == "closed"


def test_launching_a_group_twice_changes_nothing(group: LocalGroup) -> None:
    again = operations.launch_group(
        name="Other", slug="upper-harrow", area="", stage="idea", by=SYSTEM
    )
    assert again == group
    assert LocalGroup.objects.get().name == "Upper Harrow"


def test_the_audit_trail_holds_no_name(register: Register) -> None:
    register()
    operations.invite_interested(registration=confirm(), by=SYSTEM)
    told = repr(list(AuditLine.objects.values_list("action", "object_type", "data")))
    assert "ruth" not in told.lower()
