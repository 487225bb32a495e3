"""Partners, delegates, the steps before the first vote, and the agreement."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import AuditLine, OutboxMessage
from governance import operations as ops
from governance.models import Asked, Body, Meeting, Partner, PartnerAgreement, PartnerSignature
from governance.partner_querysets import partnerships_visible_to
from governance.partnership import agreement_in_force, agreements_to_sign, what_is_missing
from members.models import Organisation
from tests.governance.conftest import MEETING_AT, NOW, TODAY
from tests.governance.partnering import Partnership

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


# --- Partners -------------------------------------------------------------------------------------


def test_a_citizen_group_is_a_partner_in_its_own_right(together: Partnership) -> None:
    partner = together.partners["citizens"]
    assert partner.is_citizens
    assert str(partner) == "Harrow Voices"
    with transaction.atomic(), pytest.raises(IntegrityError):
        Partner.objects.filter(pk=partner.pk).update(role="provider")


def test_a_partner_joins_once_and_only_a_partnership(together: Partnership) -> None:
    council = together.partners["council"].organisation
    for fields, words in (
        ({"role": "council", "organisation": council}, "already"),
        ({"role": "citizens", "citizens": together.group}, "already"),
        ({"role": "citizens", "citizens": together.body}, "citizen group"),
        ({"role": "provider"}, "organisation"),
        ({"role": "boss", "organisation": council}, "as what"),
    ):
        with pytest.raises(RuleError, match=words):
            ops.add_partner(body=together.body, joined=TODAY, by=together.secretary, **fields)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="Only a partnership"):
        ops.add_partner(
            body=together.group,
            role="council",
            organisation=council,
            joined=TODAY,
            by=together.secretary,
        )


def test_nobody_joins_or_settles_something_before_the_partnership_is_there(
    together: Partnership,
) -> None:
    trust = Organisation.objects.create(name="Trust", kind="charity")
    before = dt.date(2025, 11, 5)
    with pytest.raises(RuleError, match="there since 1 January 2026"):
        ops.add_partner(
            body=together.body,
            role="funder",
            organisation=trust,
            joined=before,
            by=together.secretary,
        )
    with pytest.raises(RuleError, match="there since 1 January 2026"):
        ops.note_formation_step(
            body=together.body,
            kind="terms",
            done_on=before,
            evidence="x",
            by=together.secretary,
        )


def test_a_partner_entered_wrongly_is_put_right_while_it_has_done_nothing(
    together: Partnership,
) -> None:
    trust = Organisation.objects.create(name="Trust", kind="charity")
    other = Organisation.objects.create(name="Other trust", kind="charity")
    partner = ops.add_partner(
        body=together.body,
        role="council",
        organisation=trust,
        joined=TODAY,
        by=together.secretary,
    )
    changed = {"partner": partner, "joined": TODAY - DAY, "by": together.secretary}
    ops.change_partner(role="funder", organisation=other, **changed)  # type: ignore[arg-type]
    partner.refresh_from_db()
    assert (partner.role, str(partner), partner.joined) == ("funder", "Other trust", TODAY - DAY)
    with pytest.raises(RuleError, match="already"):
        ops.change_partner(
            role="council",
            organisation=together.partners["council"].organisation,
            **changed,  # type: ignore[arg-type]
        )
    together.name(partner, together.person("tess"))
    with pytest.raises(RuleError, match="speaks for it"):
        ops.change_partner(role="funder", organisation=trust, **changed)  # type: ignore[arg-type]
    together.partners["trust"] = partner
    together.delegates["trust"] = partner.delegates.get()
    together.by["trust"] = Actor("user", user=partner.delegates.get().person.user)
    together.ready()
    with pytest.raises(RuleError, match="taken part already"):
        ops.change_partner(role="council", organisation=other, **changed)  # type: ignore[arg-type]


def test_only_the_secretary_arranges_partners(together: Partnership) -> None:
    other = Organisation.objects.create(name="Trust", kind="charity")
    for key in ("council", "citizens"):
        with pytest.raises(PermissionDenied):
            ops.add_partner(
                body=together.body,
                role="funder",
                organisation=other,
                joined=TODAY,
                by=together.by[key],
            )
        with pytest.raises(PermissionDenied):
            ops.choose_lead(partner=together.partners[key], by=together.by[key])


def test_one_partner_has_the_lead(together: Partnership) -> None:
    ops.choose_lead(partner=together.partners["council"], by=together.secretary)
    ops.choose_lead(partner=together.partners["citizens"], by=together.secretary)
    assert [one.is_citizens for one in together.body.partners.filter(lead=True)] == [True]
    with pytest.raises(RuleError, match="already"):
        ops.choose_lead(partner=together.partners["citizens"], by=together.secretary)


def test_a_partner_that_leaves_takes_its_delegates_and_unlocks_nothing(
    together: Partnership,
) -> None:
    together.ready()
    assert what_is_missing(together.body, TODAY) == []
    ops.partner_leaves(partner=together.partners["council"], left=TODAY, by=together.secretary)
    assert agreement_in_force(together.body) is None
    together.delegates["council"].refresh_from_db()
    assert together.delegates["council"].until == TODAY
    with pytest.raises(RuleError, match="already"):
        ops.partner_leaves(partner=together.partners["council"], left=TODAY, by=together.secretary)
    visible = partnerships_visible_to(Body.objects.all(), together.by["council"].user, TODAY)  # type: ignore[arg-type]
    assert not visible.exists()


def test_partners_do_not_come_and_go_during_a_vote(together: Partnership) -> None:
    together.ready().put()
    with pytest.raises(RuleError, match="voting"):
        ops.partner_leaves(partner=together.partners["council"], left=TODAY, by=together.secretary)


# --- Delegates ------------------------------------------------------------------------------------


def test_a_citizen_group_is_spoken_for_by_its_own_members(together: Partnership) -> None:
    outsider = together.person("otto")
    with pytest.raises(RuleError, match="own members"):
        together.name(together.partners["citizens"], outsider, 4)
    together.seat(outsider)
    for hours in (None, 0, 41):
        with pytest.raises(RuleError, match="hours a quarter"):
            together.name(together.partners["citizens"], outsider, hours)
    assert together.name(together.partners["citizens"], outsider, 4).hours == 4


def test_officers_of_the_citizens_name_their_own_delegates_and_no_others(
    together: Partnership,
) -> None:
    chair, new = together.person("chris"), together.person("nell")
    together.seat(chair, "chair")
    together.seat(new)
    by = Actor("user", user=chair.user)
    fields = {"person": new, "since": TODAY, "hours": 3}
    delegate = ops.name_delegate(partner=together.partners["citizens"], by=by, **fields)  # type: ignore[arg-type]
    ops.end_delegate(delegate=delegate, until=TODAY, by=by)
    with pytest.raises(PermissionDenied):
        ops.name_delegate(partner=together.partners["council"], by=by, **fields)  # type: ignore[arg-type]
    for key in ("council", "citizens"):  # a delegate is not an officer
        with pytest.raises(PermissionDenied):
            ops.name_delegate(partner=together.partners["citizens"], by=together.by[key], **fields)  # type: ignore[arg-type]


def test_nobody_speaks_for_two_sides(together: Partnership) -> None:
    person = together.delegates["citizens"].person
    with pytest.raises(RuleError, match="another partner"):
        together.name(together.partners["council"], person)
    sitting = together.person("sam")
    together.seat(sitting)
    with pytest.raises(RuleError, match="sit on the citizen group"):
        together.name(together.partners["co-op"], sitting)


def test_somebody_speaks_for_a_partner_once_and_until_a_day(together: Partnership) -> None:
    delegate = together.delegates["co-op"]
    with pytest.raises(RuleError, match="already"):
        together.name(together.partners["co-op"], delegate.person)
    with pytest.raises(RuleError, match="before"):
        ops.end_delegate(delegate=delegate, until=TODAY - DAY, by=together.secretary)
    ops.end_delegate(delegate=delegate, until=TODAY, by=together.secretary)
    with pytest.raises(RuleError, match="already"):
        ops.end_delegate(delegate=delegate, until=TODAY, by=together.secretary)


# --- Formation ------------------------------------------------------------------------------------


def test_voting_is_locked_until_every_step_is_done_and_all_have_signed(
    together: Partnership,
) -> None:
    question = together.question()
    with pytest.raises(RuleError, match="still locked"):
        together.put(question)
    together.form()
    together.agree("council", "co-op")
    with pytest.raises(RuleError, match="every partner has signed"):
        together.put(question)
    agreement = together.body.agreements.get()
    ops.sign_partner_agreement(
        agreement=agreement,
        delegate=together.delegates["citizens"],
        signed_on=TODAY,
        by=together.by["citizens"],
    )
    assert together.put(question).state == "open"


@pytest.mark.parametrize("kind", ["terms", "chair", "notice", "quorum", "training"])
def test_one_step_that_is_not_done_locks_the_vote(together: Partnership, kind: str) -> None:
    together.ready()
    step = together.body.formation_steps.get(kind=kind)
    ops.undo_formation_step(step=step, by=together.secretary)
    with pytest.raises(RuleError, match="Not done yet"):
        together.put()


def test_a_step_has_a_day_and_evidence_and_can_be_corrected(together: Partnership) -> None:
    fields = {"body": together.body, "kind": "terms", "by": together.secretary}
    with pytest.raises(RuleError, match="shows it"):
        ops.note_formation_step(done_on=TODAY, evidence=" ", **fields)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="still to come"):
        ops.note_formation_step(done_on=TODAY + DAY, evidence="x", **fields)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="none of the steps"):
        ops.note_formation_step(
            body=together.body, kind="lunch", done_on=TODAY, evidence="x", by=together.secretary
        )
    ops.note_formation_step(done_on=TODAY, evidence="Minute 3", **fields)  # type: ignore[arg-type]
    step = ops.note_formation_step(done_on=TODAY, evidence="Minute 4", **fields)  # type: ignore[arg-type]
    assert together.body.formation_steps.get().evidence == step.evidence == "Minute 4"
    with pytest.raises(PermissionDenied):
        ops.note_formation_step(
            body=together.body,
            kind="terms",
            done_on=TODAY,
            evidence="x",
            by=together.by["council"],
        )


def test_a_quorum_of_more_partners_than_there_are_is_not_settled(together: Partnership) -> None:
    together.body.rule_sets.update(quorum_least=4)
    with pytest.raises(RuleError, match="there are 3 partners"):
        together.form()
    assert any("4 partners take part" in one for one in what_is_missing(together.body, TODAY))


# --- The agreement --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shares", [("20", "20", "59.99"), ("50", "50", "0.01"), ("34", "33", "34")]
)
def test_shares_come_to_a_hundred_exactly(together: Partnership, shares: tuple[str, ...]) -> None:
    with pytest.raises(RuleError, match="come to 100 % together"):
        ops.draft_partner_agreement(
            body=together.body, text="x", parts=together.parts(*shares), by=together.secretary
        )
    assert not PartnerAgreement.objects.exists()


def test_every_partner_has_its_part(together: Partnership) -> None:
    parts = together.parts("50", "50", "0")
    missing = dict(list(parts.items())[:2])
    for wrong in (missing, parts | {999: ops.PartWanted("x", Decimal(0))}):
        with pytest.raises(RuleError, match="each partner"):
            ops.draft_partner_agreement(
                body=together.body, text="x", parts=wrong, by=together.secretary
            )


def test_whoever_may_sign_is_written_to_and_finds_it_among_what_waits(
    together: Partnership,
) -> None:
    together.agree("council")
    told = OutboxMessage.objects.filter(kind="governance.partner_agreement")
    assert {one.to for one in told} == {one.person.email for one in together.delegates.values()}
    assert "We decide together." in told[0].text
    for key, number in (("council", 0), ("co-op", 1), ("citizens", 1)):
        user = together.by[key].user
        assert user
        assert len(agreements_to_sign(user, TODAY)) == number


def test_an_agreement_is_in_force_when_the_last_has_signed(together: Partnership) -> None:
    agreement = together.agree("council", "citizens")
    assert agreement_in_force(together.body) is None
    with pytest.raises(RuleError, match="signed already"):
        ops.sign_partner_agreement(
            agreement=agreement,
            delegate=together.delegates["council"],
            signed_on=TODAY,
            by=together.by["council"],
        )
    ops.sign_partner_agreement(  # on paper, noted by the secretary
        agreement=agreement,
        delegate=together.delegates["co-op"],
        signed_on=TODAY,
        by=together.secretary,
    )
    agreement.refresh_from_db()
    assert (agreement.state, agreement.live_since) == ("live", TODAY)
    keyed = agreement.signatures.get(partner=together.partners["co-op"])
    assert keyed.keyed_by == together.secretary.user
    assert agreement.signatures.get(partner=together.partners["council"]).keyed_by is None


def test_nobody_signs_for_another_partner(together: Partnership) -> None:
    agreement = together.agree("council")
    with pytest.raises(PermissionDenied):
        ops.sign_partner_agreement(
            agreement=agreement,
            delegate=together.delegates["citizens"],
            signed_on=TODAY,
            by=together.by["council"],
        )
    acting = Actor("user", user=together.by["citizens"].user, acting_for=1)
    with pytest.raises(PermissionDenied):
        ops.sign_partner_agreement(
            agreement=agreement,
            delegate=together.delegates["citizens"],
            signed_on=TODAY,
            by=acting,
        )


def test_what_was_offered_is_not_rewritten_but_followed_by_another_version(
    together: Partnership,
) -> None:
    first = together.agree()
    with pytest.raises(RuleError, match="another version"):
        ops.change_partner_agreement(
            agreement=first, text="New", parts=together.parts(), by=together.secretary
        )
    second = ops.draft_partner_agreement(
        body=together.body, text="New", parts=together.parts(), by=together.secretary
    )
    ops.change_partner_agreement(
        agreement=second, text="Newer", parts=together.parts("0", "0", "100"), by=together.secretary
    )
    with pytest.raises(RuleError, match="being made already"):
        ops.draft_partner_agreement(
            body=together.body, text="x", parts=together.parts(), by=together.secretary
        )
    ops.withdraw_partner_agreement(agreement=second, by=together.secretary)
    third = together.agree()
    first.refresh_from_db()
    assert (first.state, first.ended_on, third.version) == ("ended", TODAY, 3)
    assert agreement_in_force(together.body) == third
    with pytest.raises(RuleError, match="being made"):
        ops.withdraw_partner_agreement(agreement=third, by=together.secretary)


def test_a_partner_that_joins_makes_a_new_agreement_necessary(together: Partnership) -> None:
    together.ready()
    together.add("trust", "Mill Trust", "charity", "funder")
    assert agreement_in_force(together.body) is None
    with pytest.raises(RuleError, match="every partner has signed"):
        together.put()
    together.agree()
    assert together.put().state == "open"


def test_a_version_for_other_partners_is_not_signed(together: Partnership) -> None:
    agreement = together.agree("council")
    together.add("trust", "Mill Trust", "charity", "funder")
    with pytest.raises(RuleError, match="partners have changed"):
        ops.sign_partner_agreement(
            agreement=agreement,
            delegate=together.delegates["citizens"],
            signed_on=TODAY,
            by=together.by["citizens"],
        )


def test_a_signature_is_kept_as_it_is(together: Partnership) -> None:
    together.agree()
    with transaction.atomic(), pytest.raises(IntegrityError):
        PartnerSignature.objects.update(signed_on=TODAY - DAY)
    with transaction.atomic(), pytest.raises(IntegrityError):
        PartnerSignature.objects.all().delete()


def test_the_trail_holds_ids_and_no_names(together: Partnership) -> None:
    together.ready()
    lines = AuditLine.objects.filter(action__startswith="governance.")
    assert lines.filter(action="governance.sign_partner_agreement").count() == 3
    told = str(list(lines.values_list("data", flat=True)))
    for name in ("Harrow", "Weft", "Example", "together."):
        assert name not in told


# --- Who sees what --------------------------------------------------------------------------------


def test_a_partnership_is_seen_by_its_partners_the_citizens_and_the_secretary(
    together: Partnership,
) -> None:
    member, stranger = together.person("mo"), together.person("zed")
    together.seat(member)

    def sees(user: object) -> bool:
        return bool(partnerships_visible_to(Body.objects.all(), user, TODAY).exists())  # type: ignore[arg-type]

    assert all(sees(by.user) for by in (together.secretary, *together.by.values()))
    assert sees(member.user)
    assert not sees(stranger.user)
    assert not Asked.objects.exists()


def test_who_speaks_for_a_partner_is_called_to_its_meetings(together: Partnership) -> None:
    meeting = ops.make_meeting(
        body=together.body,
        kind="partnership",
        title="Partners meet",
        starts_at=MEETING_AT,
        place="Hall",
        record_date=TODAY,
        by=together.secretary,
    )
    with pytest.raises(RuleError, match="by a question"):
        ops.add_item(meeting=meeting, title="Nights", motion="That we do.", by=together.secretary)
    ops.add_item(meeting=meeting, title="Nights", by=together.secretary)
    ops.call_meeting(meeting=meeting, now=NOW, by=together.secretary)
    while ops.send_notices(meeting=meeting, now=NOW, by=SYSTEM):
        pass
    speak = {one.person for one in together.delegates.values()}
    assert {one.person for one in meeting.notices.select_related("person")} == speak
    ops.take_roll(meeting=meeting, now=NOW, by=together.secretary)
    assert {one.person for one in meeting.voters.select_related("person")} == speak
    user = together.by["council"].user
    assert user
    assert Meeting.objects.visible_to(user).get() == meeting
    stranger = together.person("stray").user
    assert stranger
    assert not Meeting.objects.visible_to(stranger).exists()
