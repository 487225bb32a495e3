"""What the secretary does with applications, up to the board's decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import timezone

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError
from core.models import User
from core.registry import operation
from ledger.operations.orders import locked
from members import rules
from members.checklist import standing
from members.models import (
    Application,
    Member,
    MemberClass,
    Organisation,
    Person,
    SharePurchase,
)
from members.operations.applying import acknowledge, checked, new_code, new_reference
from members.operations.dues import charge_joining_fee
from members.operations.eligibility import note_evidence
from members.operations.holdings import keep_party
from members.operations.issuing import issue
from members.operations.people import (
    add_organisation,
    add_person,
    appoint_representative,
    give_sign_in,
)
from members.operations.purchases import ask_applicant, let_go
from members.operations.register import enter_member
from members.seen import held
from members.ways_to_pay import money_back
from members.writing import call_off, write_to

State = Application.State
#: By what the board decided, as a form over it shows.
DECISION_FIELDS = ("board_meeting", "minute")


@operation(needs="members.decide_application")
def key_paper_application(
    *, answers: Mapping[str, object], received: dt.date, by: Actor
) -> Application:
    """Enter an application that came on paper, thank the applicant and ask for the money for the
    shares. What is missing on it shows in the checklist.

    `answers` maps any of the fields that the website asks for (rules.STEPS) to their values.
    """
    if received > timezone.localdate():
        raise RuleError("The form cannot have come on a day in the future.", field="received")
    noon = dt.datetime.combine(received, dt.time(12), timezone.get_current_timezone())
    application = Application.objects.create(
        reference=new_reference(),
        channel=Application.Channel.PAPER,
        state=State.SUBMITTED,
        submitted_at=min(noon, timezone.now()),
        **_all_fields(answers),
    )
    audit.record(by, "members.key_paper_application", application)
    acknowledge(application, ask_applicant(application=application, by=by), by)
    return application


@operation(needs="members.decide_application")
def correct_application(
    *,
    application: Application,
    answers: Mapping[str, object],
    seen: str | None = None,
    by: Actor,
) -> Application:
    """Put right or fill in what an application says, while it waits for the board.

    Another number of shares is another amount to pay, as long as no money has come: the applicant
    is told, and a letter that asks for the amount before is not posted any more.
    """
    held(application, asked_fields(), seen)
    before = SharePurchase.objects.filter(application=application).first()
    waiting = Application.objects.filter(pk=application.pk, state=State.SUBMITTED)
    if waiting.update(**_all_fields(answers), known_person=None, somebody_new=False) != 1:
        raise RuleError(_not_waiting(application))
    application.refresh_from_db()
    after = ask_applicant(application=application, by=by)
    audit.record(by, "members.correct_application", application, fields=sorted(answers))
    if after and (before is None or after.order_id != before.order_id):
        acknowledge(application, after, by, again=True)
    return application


def _all_fields(answers: Mapping[str, object]) -> dict[str, object]:
    if unasked := set(answers) - set(asked_fields()):
        raise ValueError(f"Not asked: {sorted(unasked)}")
    return checked(answers, None)


def asked_fields() -> list[str]:
    """Every field of an application that the website asks for."""
    return [field for fields in rules.STEPS.values() for field in fields]


@operation(needs="members.decide_application")
def invite(
    *, email: str, name: str, member_class: MemberClass | None = None, by: Actor
) -> Application:
    """Begin an application for somebody who showed interest, and e-mail them a code to go on.

    Somebody with a draft already gets a new code for that one.
    """
    application = Application.objects.open_for(email).first()
    if application is not None and application.state == State.SUBMITTED:
        raise RuleError("This person has applied already.", field="email")
    if application is None:
        first_name, last_name = rules.split_name(name)
        application = Application.objects.create(
            reference=new_reference(),
            email=email.strip(),
            first_name=first_name,
            last_name=last_name,
            member_class=member_class,
        )
    code = new_code(application, rules.INVITATION_LASTS)
    mail.queue(
        key=f"members.invite:{application.pk}:{application.resume_digest[:16]}",
        kind="members.invite",
        to=application.email,
        subject="Would you like to become a member?",
        template="members/mail/invite.txt",
        context={"application": application, "code": code},
    )
    audit.record(by, "members.invite", application)
    return application


@operation(needs="members.decide_application")
def settle_duplicate(*, application: Application, person: Person | None, by: Actor) -> Application:
    """Say who the applicant is: a person we know already, or (None) somebody new."""
    waiting = Application.objects.filter(pk=application.pk, state=State.SUBMITTED)
    if waiting.update(known_person=person, somebody_new=person is None) != 1:
        raise RuleError(_not_waiting(application))
    application.refresh_from_db()
    audit.record(by, "members.settle_duplicate", application, person=person.pk if person else None)
    return application


def _refuse_decision(
    applications: Sequence[Application], board_meeting: dt.date, minute: str
) -> None:
    """A decision has a minute, of a meeting that has been, when what it is about had come."""
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    if board_meeting > timezone.localdate():
        raise RuleError("The board's meeting is still to come.", field="board_meeting")
    came = {
        one.reference: timezone.localdate(one.submitted_at)
        for one in applications
        if one.submitted_at
    }
    late = [f"{name} on {on:%-d %B %Y}" for name, on in came.items() if on > board_meeting]
    if late:
        raise RuleError(
            f"The board met before it had the application: {', '.join(late)}.",
            field="board_meeting",
        )


@operation(needs="members.decide_application")
def refuse(
    *,
    application: Application,
    reason: str,
    board_meeting: dt.date,
    minute: str,
    by: Actor,
) -> Application:
    """Turn an application down by a minute of the board, with a reason that the applicant reads.
    Money that came for shares goes back."""
    if application.state == State.SUBMITTED:
        _refuse_decision([application], board_meeting, minute)
    if not reason.strip():
        raise RuleError("Give the board's reason.", field="reason")
    waiting = Application.objects.filter(pk=application.pk, state=State.SUBMITTED)
    decided = waiting.update(
        state=State.REFUSED,
        refusal_reason=reason.strip(),
        board_meeting=board_meeting,
        minute=minute.strip(),
        decided_at=timezone.now(),
        decided_by=by.user,
    )
    if decided != 1:
        raise RuleError(_not_waiting(application))
    application.refresh_from_db()
    audit.record(by, "members.refuse", application)
    call_off(key=f"members.received:{application.pk}", by=by)
    let_go(application=application, why="the application was refused", by=by)
    write_to(
        application,
        key=f"members.refused:{application.pk}",
        kind="members.refused",
        subject="The board has decided on your application",
        template="members/mail/refused.txt",
        context={"application": application, "back": money_back(application).sentences},
        by=by,
    )
    return application


@operation(needs="members.decide_application")
def refuse_batch(
    *,
    applications: Sequence[Application],
    reason: str,
    board_meeting: dt.date,
    minute: str,
    by: Actor,
) -> list[Application]:
    """Turn several down by one minute of one meeting, for one reason: all of them, or none."""
    if not applications:
        raise RuleError("Tick the applications that the board refused.", field="applications")
    _refuse_decision(applications, board_meeting, minute)
    refused = []
    for application in applications:
        try:
            refused.append(
                refuse(
                    application=application,
                    reason=reason,
                    board_meeting=board_meeting,
                    minute=minute,
                    by=by,
                )
            )
        except RuleError as error:
            if error.field:
                raise
            raise RuleError(
                f"Nobody was refused, because of application {application.reference}. "
                f"{error.message}"
            ) from error
    return refused


@operation(needs="members.decide_application")
def admit(*, application: Application, board_meeting: dt.date, minute: str, by: Actor) -> Member:
    """Enter the applicant in the register, as the board decided, and welcome them.

    Makes the person (or uses again the one the secretary named), gives the next register number,
    issues the shares, notes what was seen, and lets those with an e-mail address sign in. Nothing
    happens while anything on the checklist still stops it, and two who admit the same application
    at once admit it once.
    """
    today = timezone.localdate()
    # What it says now: somebody may have put it right since the page was opened.
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.state != State.SUBMITTED:
        raise RuleError(_not_waiting(application))
    _refuse_decision([application], board_meeting, minute)
    stops = standing(application, today).stops
    if stops:
        reasons = " ".join(f"{check.title}: {check.found}" for check in stops)
        raise RuleError(f"This application cannot be admitted yet. {reasons}")
    person = _person(application, by)
    organisation = _organisation(application, person, by)
    member = _enter(application, organisation or person, minute.strip(), by)
    waiting = Application.objects.filter(pk=application.pk, state=State.SUBMITTED)
    decided = waiting.update(
        state=State.ADMITTED,
        member=member,
        board_meeting=board_meeting,
        minute=minute.strip(),
        decided_at=timezone.now(),
        decided_by=by.user,
        resume_digest="",
    )
    if decided != 1:  # somebody else decided meanwhile: all of the above is undone
        raise RuleError(_not_waiting(application))
    application.refresh_from_db()
    audit.record(by, "members.admit", application, member=member.pk)
    charge_joining_fee(member=member, today=today, by=by)
    _welcome(application, member, person, by)
    return member


@operation(needs="members.decide_application")
def admit_batch(
    *, applications: Sequence[Application], board_meeting: dt.date, minute: str, by: Actor
) -> list[Member]:
    """Admit several by one minute of one meeting: all of them, or none if any is stopped.

    In the order in which they came: of two that may be of one person the later one says who it is.
    """
    if not applications:
        raise RuleError("Tick the applications that the board admitted.", field="applications")
    _refuse_decision(applications, board_meeting, minute)
    members = []
    for application in sorted(applications, key=lambda one: (one.submitted_at, one.pk)):
        try:
            members.append(
                admit(application=application, board_meeting=board_meeting, minute=minute, by=by)
            )
        except RuleError as error:
            if error.field:  # about the meeting, the same for all
                raise
            raise RuleError(
                f"Nobody was admitted, because of application {application.reference}. "
                f"{error.message}"
            ) from error
    return members


@operation(needs="members.decide_application")
def correct_decision(
    *,
    application: Application,
    board_meeting: dt.date,
    minute: str,
    seen: str | None = None,
    by: Actor,
) -> Application:
    """Put right by which minute of which meeting the board decided; the decision itself stands.

    The entry in the register gets the minute too. What was issued keeps the one under which it was
    booked. The audit trail, and the application's page, keep both.
    """
    held(application, DECISION_FIELDS, seen)
    if application.state not in (State.ADMITTED, State.REFUSED):
        raise RuleError("The board has not decided on this application.")
    _refuse_decision([application], board_meeting, minute)
    if application.decided_at and board_meeting > timezone.localdate(application.decided_at):
        raise RuleError(
            "The decision was noted before that day: the board had met by then.",
            field="board_meeting",
        )
    was = [str(application.board_meeting or ""), application.minute]
    if was == [str(board_meeting), minute.strip()]:
        return application
    application.board_meeting, application.minute = board_meeting, minute.strip()
    application.save(update_fields=["board_meeting", "minute"])
    Member.objects.filter(application=application).update(meeting_minute=minute.strip())
    audit.record(
        by,
        "members.correct_decision",
        application,
        was=was,
        now=[str(board_meeting), application.minute],
    )
    return application


def _enter(
    application: Application, holder: Person | Organisation, minute: str, by: Actor
) -> Member:
    """The entry in the register with its shares, for the money that came with the application."""
    assert application.member_class is not None
    purchase = ask_applicant(application=application, by=by)
    assert purchase is not None
    locked(purchase.order)  # money that comes now is counted before this, or after
    member = enter_member(
        person=holder if isinstance(holder, Person) else None,
        organisation=holder if isinstance(holder, Organisation) else None,
        member_class=application.member_class,
        joined=timezone.localdate(),
        shares=application.shares,
        minute=minute,
        by=by,
    )
    keep_party(holder=holder, party=purchase.order.party, by=by)
    issue(purchase=purchase, member=member, minute=minute, by=by)
    if application.member_class.evidence:
        note_evidence(
            member=member,
            what=f"What came with application {application.reference}",
            seen_on=timezone.localdate(),
            by=by,
        )
    return member


def _person(application: Application, by: Actor) -> Person:
    """The person the secretary named, with the gaps in what we knew filled in; or a new one."""
    # Of whoever acts for an organisation it says no more than this: the address is not theirs.
    asked = ("email", "phone") if application.for_organisation else rules.STEPS["contact"]
    said = {name: getattr(application, name) for name in asked}
    born = None if application.for_organisation else application.born
    known = application.known_person
    if known is None:
        return add_person(
            first_name=application.first_name,
            last_name=application.last_name,
            born=born,
            contact=rules.Contact(**said),
            by=by,
        )
    told = said | {"born": born}
    gaps = [name for name, value in told.items() if value and not getattr(known, name)]
    for name in gaps:
        setattr(known, name, told[name])
    known.save(update_fields=gaps)
    audit.record(by, "members.fill_gaps", known, fields=gaps)
    return known


def _organisation(application: Application, person: Person, by: Actor) -> Organisation | None:
    """The organisation that applies, known or new, with the person who acts for it."""
    if not application.for_organisation:
        return None
    organisation = Organisation.objects.filter(
        name__iexact=application.organisation_name
    ).first() or add_organisation(
        name=application.organisation_name,
        kind=application.organisation_kind,
        contact=rules.Contact(
            email=application.email,
            address_line_1=application.address_line_1,
            address_line_2=application.address_line_2,
            town=application.town,
            postcode=application.postcode,
        ),
        by=by,
    )
    appoint_representative(
        organisation=organisation, person=person, since=timezone.localdate(), by=by
    )
    return organisation


def _welcome(application: Application, member: Member, person: Person, by: Actor) -> None:
    """Welcome them, with a way to sign in where they have an e-mail address of their own.

    Somebody we knew is written to at the address we knew, whatever the application says.
    """
    others = User.objects.filter(email__iexact=person.email, person__isnull=False)
    shared = bool(person.email) and person.user is None and others.exists()
    if person.email and not shared:
        give_sign_in(person=person, by=by)
    write_to(
        person,
        key=f"members.welcome:{member.pk}",
        kind="members.welcome",
        subject="Welcome: you are a member",
        template="members/mail/welcome.txt",
        context={
            "member": member,
            "person": person,
            "can_sign_in": person.user is not None,
            "shared": shared,
            "shares": application.shares,
        },
        by=by,
    )


def _not_waiting(application: Application) -> str:
    """Why nothing can be decided any more, or not yet."""
    application.refresh_from_db(fields=["state"])
    return {
        State.DRAFT: "This application has not been handed in yet.",
        State.SUBMITTED: "Somebody else is deciding on this application. Please look again.",
        State.ADMITTED: "This application has been admitted already.",
        State.REFUSED: "This application has been refused already.",
        State.WITHDRAWN: "The applicant has taken this application back.",
    }[State(application.state)]
