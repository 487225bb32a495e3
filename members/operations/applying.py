"""An application from its first saved step until it is handed in, and coming back to it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError
from core.models import PrivateFile
from core.operations import keep_file, remove_file
from core.registry import operation
from members import rules
from members.checklist import FILE_OWNER, class_rules, standing
from members.models import Application, MemberClass, SharePurchase
from members.operations.people import tidied
from members.operations.purchases import ask_applicant, let_go
from members.ways_to_pay import money_back, our_bank
from members.writing import call_off, write_to

MAX_FILES = 5
APPLIED_ALREADY = (
    "We have an application from somebody with this name, e-mail address and date of birth already."
)
HANDED_IN = "This application has been handed in and can no longer be changed here."


@operation(needs=None)
def start_application(*, member_class: MemberClass, by: Actor) -> Application:
    """Somebody begins to apply on the website."""
    application = Application.objects.create(reference=new_reference(), member_class=member_class)
    audit.record(by, "members.start_application", application)
    return application


@operation(needs=None)
def save_step(
    *, application: Application, step: str, answers: Mapping[str, object], by: Actor
) -> Application:
    """Keep the answers of one step, complete or not. Only a draft can be changed.

    `answers` maps the step's own fields (rules.STEPS) to their values.
    """
    if not set(answers) <= set(rules.STEPS[step]):
        raise ValueError(f"Not asked in this step: {sorted(set(answers) - set(rules.STEPS[step]))}")
    values = checked(answers, application.member_class)
    draft = Application.objects.filter(pk=application.pk, state=Application.State.DRAFT)
    if draft.update(**values) != 1:
        raise RuleError(HANDED_IN)
    application.refresh_from_db()
    audit.record(by, "members.save_step", application, step=step)
    return application


def checked(answers: Mapping[str, object], member_class: MemberClass | None) -> dict[str, object]:
    """Answers in their usual form; refuses what cannot be so, in this class or in any."""
    values = {
        name: value.strip() if isinstance(value, str) else value for name, value in answers.items()
    }
    contact = {name: str(values[name]) for name in rules.STEPS["contact"] if name in values}
    details = tidied(rules.Contact(**contact))
    values |= {name: getattr(details, name) for name in contact}
    wanted = values.get("member_class", member_class)
    if isinstance(wanted, MemberClass):
        shares = values.get("shares")
        if isinstance(shares, int):
            refusal = rules.shares_refusal(shares, class_rules(wanted))
            if refusal:
                raise RuleError(refusal, field="shares")
        if "member_class" in values and not wanted.for_organisations:
            values |= {"organisation_name": "", "organisation_kind": ""}
    born = values.get("born")
    if isinstance(born, dt.date) and (refusal := rules.born_refusal(born, timezone.localdate())):
        raise RuleError(refusal, field="born")
    return values


@operation(needs=None)
def add_evidence(*, application: Application, upload: UploadedFile, by: Actor) -> PrivateFile:
    """Keep a file that shows why the applicant may join, for the secretary's and board's eyes."""
    draft = Application.objects.select_for_update().filter(pk=application.pk)
    if not draft.filter(state=Application.State.DRAFT).first():
        raise RuleError(HANDED_IN)
    kept = PrivateFile.objects.filter(owner_kind=FILE_OWNER, owner_id=application.pk).count()
    if kept >= MAX_FILES:
        raise RuleError(f"You can add up to {MAX_FILES} files.", field="file")
    return keep_file(upload=upload, owner_kind=FILE_OWNER, owner_id=application.pk, by=by)


@operation(needs=None)
def remove_evidence(*, application: Application, file: PrivateFile, by: Actor) -> None:
    """Remove a file of the applicant's own again, before the application is handed in."""
    draft = Application.objects.select_for_update().filter(pk=application.pk)
    if not draft.filter(state=Application.State.DRAFT).first():
        raise RuleError(HANDED_IN)
    if (file.owner_kind, file.owner_id) != (FILE_OWNER, application.pk):
        raise ValueError(f"File {file.pk} is not of application {application.pk}.")
    audit.record(by, "members.remove_evidence", application)
    remove_file(file=file, by=by)


@operation(needs=None)
def submit(*, application: Application, now: dt.datetime | None = None, by: Actor) -> Application:
    """Hand a complete application in to the board, and thank the applicant, with what there is to
    pay for the shares.

    Handing the same one in again changes nothing and refuses nothing.
    """
    now = now or timezone.now()
    if application.state == Application.State.DRAFT:
        applicant = standing(application, timezone.localdate(now)).applicant
        if rules.steps_missing(applicant, application.email, timezone.localdate(now)):
            raise RuleError("Some answers are still missing.")
        if Application.objects.twins_of(application).exists():
            raise RuleError(APPLIED_ALREADY)
    draft = Application.objects.filter(pk=application.pk, state=Application.State.DRAFT)
    submitted = draft.update(state=Application.State.SUBMITTED, submitted_at=now) == 1
    application.refresh_from_db()
    if submitted:
        audit.record(by, "members.submit", application)
        acknowledge(application, ask_applicant(application=application, by=by), by)
    elif application.state != Application.State.SUBMITTED:
        raise RuleError(f"This application is closed: {application.get_state_display().lower()}.")
    return application


def acknowledge(
    application: Application, purchase: SharePurchase | None, by: Actor, *, again: bool = False
) -> None:
    """Tell the applicant that the application came, what happens next, and what there is to pay.

    `again`: something else is to be paid now, under another reference. What waits to be posted
    about the one before is called off.
    """
    key = f"members.received:{application.pk}"
    if again:
        call_off(key=key, by=by)
        key = f"{key}:{purchase.order_id if purchase else 'nothing'}"
    write_to(
        application,
        key=key,
        kind="members.received",
        subject="Your application: another amount" if again else "We have your application",
        template="members/mail/received.txt",
        context={
            "application": application,
            "order": purchase.order if purchase else None,
            "again": again,
            "bank": our_bank(),
        },
        by=by,
    )


@operation(needs=None)
def withdraw(*, application: Application, by: Actor) -> Application:
    """The applicant takes the application back, before the board decides. Money that came for
    shares goes back, and they are told so."""
    handed_in = application.state == Application.State.SUBMITTED
    waiting = Application.objects.filter(
        pk=application.pk, state__in=[Application.State.DRAFT, Application.State.SUBMITTED]
    )
    if waiting.update(state=Application.State.WITHDRAWN, resume_digest="") != 1:
        raise RuleError("This application has been decided or taken back already.")
    application.refresh_from_db()
    audit.record(by, "members.withdraw", application)
    call_off(key=f"members.received:{application.pk}", by=by)
    let_go(application=application, why="the application was taken back", by=by)
    if handed_in:
        write_to(
            application,
            key=f"members.taken-back:{application.pk}",
            kind="members.taken-back",
            subject="Your application is taken back",
            template="members/mail/taken_back.txt",
            context={"application": application, "back": money_back(application).sentences},
            by=by,
        )
    return application


@operation(needs=None)
def send_resume_code(*, email: str, by: Actor) -> None:
    """E-mail a code for coming back to each application under this address that it may open.

    Nothing comes back, so that nobody learns from it whether there is one. A new code ends the
    one before it.
    """
    for application in Application.objects.shown_to(email, timezone.now()):
        code = new_code(application, rules.CODE_LASTS)
        mail.queue(
            key=f"members.resume:{application.pk}:{application.resume_digest[:16]}",
            kind="members.resume",
            to=application.email,
            subject="Your code for coming back to your application",
            template="members/mail/resume.txt",
            context={"application": application, "code": code},
        )
        audit.record(by, "members.send_resume_code", application)


def new_code(application: Application, lasts: dt.timedelta) -> str:
    """Make a code for coming back, and keep only its hash. Returns it as it is written in mail."""
    code = "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(rules.CODE_LENGTH))
    application.resume_digest = _digest(application, code)
    application.resume_expires_at = timezone.now() + lasts
    application.resume_tries = 0
    application.save(update_fields=["resume_digest", "resume_expires_at", "resume_tries"])
    return f"{code[:4]}-{code[4:]}"


@operation(needs=None)
def resume(*, email: str, code: str, by: Actor) -> Application | None:
    """The application that a code opens, or None when it opens none.

    A code works once, until it runs out or MAX_TRIES wrong ones were tried. A wrong code is
    answered with None and not with a RuleError, which would undo the count of tries.
    """
    now = timezone.now()
    live = Application.objects.shown_to(email, now).filter(
        resume_expires_at__gt=now, resume_tries__lt=rules.MAX_TRIES
    )
    for application in live.exclude(resume_digest=""):
        tries = Application.objects.filter(
            pk=application.pk, resume_tries__lt=rules.MAX_TRIES
        ).update(resume_tries=F("resume_tries") + 1)
        digest = _digest(application, rules.same_code(code))
        if tries == 1 and constant_time_compare(digest, application.resume_digest):
            used = Application.objects.filter(pk=application.pk, resume_digest=digest)
            if used.update(resume_digest="") == 1:
                application.refresh_from_db()
                audit.record(by, "members.resume", application)
                return application
        audit.record(by, "members.resume_refused", application)
    return None


def new_reference() -> str:
    """Eight letters and figures that are easy to read out; says nothing about the applicant."""
    return "".join(secrets.choice(rules.CODE_ALPHABET) for _ in range(8))


def _digest(application: Application, code: str) -> str:
    """Keyed with the installation's secret, so that the hash alone cannot be searched."""
    return salted_hmac("members.resume", f"{application.pk}:{code}", algorithm="sha256").hexdigest()
