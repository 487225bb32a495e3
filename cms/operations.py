"""Changes of state of the public site: interest in local co-ops, and laying out pages."""

from __future__ import annotations

import secrets
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import Page, Site

from cms import rules
from cms.models import HomePage, InterestRegistration, LocalGroup, Picture, SiteDetails, SitePage
from core import audit, mail
from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.operations import digest_of
from core.registry import operation
from members import operations as members

State = InterestRegistration.State
AnyPage = TypeVar("AnyPage", bound=SitePage)

UNKNOWN_LINK = (
    "This link is not one of ours, or it has been used to take your name off. "
    "You can register again if you would like to."
)

# --- Local groups -------------------------------------------------------------------------------


@operation(needs="cms.lead_group")
def launch_group(
    *, name: str, slug: str, area: str, stage: str, site: Site | None = None, by: Actor
) -> LocalGroup:
    """Begin a local co-op. A slug that is taken gives back the group that has it, unchanged."""
    existing = LocalGroup.objects.filter(slug=slug).first()
    if existing:
        return existing
    _check_stage(stage)
    group = LocalGroup.objects.create(name=name, slug=slug, area=area, stage=stage, site=site)
    audit.record(by, "cms.launch_group", group, stage=stage)
    return group


@operation(needs="cms.lead_group")
def move_group(*, group: LocalGroup, stage: str, by: Actor) -> LocalGroup:
    """Say how far a local co-op has come. A group that has ended stays ended."""
    _check_stage(stage)
    if stage == group.stage:
        raise RuleError(f"{group.name} is already at “{group.get_stage_display()}”.", field="stage")
    moved = LocalGroup.objects.filter(pk=group.pk, stage=group.stage).exclude(stage="closed")
    if moved.update(stage=stage) != 1:
        raise RuleError(f"{group.name} has ended, or somebody moved it just now.", field="stage")
    audit.record(by, "cms.move_group", group, before=group.stage, after=stage)
    group.stage = stage
    return group


def _check_stage(stage: str) -> None:
    if stage not in rules.STAGE_NAMES:
        raise RuleError("Choose one of the stages in the list.", field="stage")


# --- Interest -----------------------------------------------------------------------------------


@operation(needs=None)
def register_interest(
    *,
    group: LocalGroup,
    name: str,
    email: str,
    postcode: str,
    interests: list[str],
    format: str,
    consent_version: str,
    by: Actor,
) -> InterestRegistration:
    """Note that somebody would like to hear from a group, and e-mail them a link to confirm it.

    Nothing counts until they do. The answer is the same whether the address is known or not, so
    nobody learns who is on the list. A second try before confirming replaces the first. Of the
    postcode only the sector is kept.
    """
    answers = _checked_answers(group, name, postcode, interests, consent_version)
    secret = secrets.token_urlsafe(32)
    registration, created = InterestRegistration.objects.update_or_create(
        group=group,
        email=email.strip().lower(),
        state=State.UNCONFIRMED,
        defaults={
            **answers,
            "format": format,
            "digest": digest_of(secret),
            "created_at": timezone.now(),
        },
    )
    _mail_link(registration, secret)
    audit.record(by, "cms.register_interest", registration, group=group.pk, again=not created)
    return registration


@operation(needs="cms.lead_group")
def enter_paper_interest(
    *,
    group: LocalGroup,
    name: str,
    email: str,
    postcode: str,
    interests: list[str],
    format: str,
    consent_version: str,
    by: Actor,
) -> InterestRegistration:
    """Put somebody on the list who signed a sheet of paper with the same wording.

    The signature confirms it. They get a message that says so, with the link to take their name
    off. Somebody who is on the list already is refused.
    """
    answers = _checked_answers(group, name, postcode, interests, consent_version)
    email = email.strip().lower()
    if group.registrations.confirmed().filter(email__iexact=email).exists():
        raise RuleError("This e-mail address is on the list already.", field="email")
    secret = secrets.token_urlsafe(32)
    registration = InterestRegistration.objects.create(
        group=group,
        email=email,
        state=State.CONFIRMED,
        confirmed_at=timezone.now(),
        format=format,
        digest=digest_of(secret),
        **answers,
    )
    _mail_link(registration, secret)
    audit.record(by, "cms.enter_paper_interest", registration, group=group.pk)
    return registration


def _checked_answers(
    group: LocalGroup, name: str, postcode: str, interests: list[str], consent_version: str
) -> dict[str, Any]:
    """What somebody told us, tidied; refuses what is missing or cannot be read."""
    if not group.takes_interest:
        raise RuleError(f"{group.name} is not taking names at the moment.")
    if not name.strip():
        raise RuleError("Tell us your name.", field="name")
    if not interests or not set(interests) <= set(rules.INTERESTS):
        raise RuleError("Choose at least one thing that you are interested in.", field="interests")
    if consent_version not in rules.CONSENT_WORDINGS:
        raise RuleError("Please read the wording again and tick the box.", field="consent")
    try:
        sector = rules.postcode_sector(postcode)
    except ValueError:
        raise RuleError(rules.UNREADABLE_POSTCODE, field="postcode") from None
    ticked = {interest: interest in interests for interest in rules.INTERESTS}
    return {"name": name.strip(), "sector": sector, "consent_version": consent_version, **ticked}


def _mail_link(registration: InterestRegistration, secret: str) -> None:
    """The link to confirm, or for somebody on the list already the link to leave it."""
    waits = registration.state == State.UNCONFIRMED
    mail.queue(
        key=f"cms.interest:{registration.pk}:{digest_of(secret)[:16]}",
        kind="cms.confirm_interest" if waits else "cms.welcome_interest",
        to=registration.email,
        subject="Please confirm your e-mail address" if waits else "You are on our list",
        template=f"cms/mail/{'confirm' if waits else 'welcome'}_interest.txt",
        context={"registration": registration, "secret": secret, "days": rules.DAYS_TO_CONFIRM},
    )


@operation(needs=None)
def confirm_interest(*, secret: str, by: Actor) -> InterestRegistration:
    """Put somebody on the list who pressed the button behind the link in their e-mail.

    Somebody who was on it already is there once, with the newer answers.
    """
    registration = _registration(secret)
    older = InterestRegistration.objects.confirmed().filter(
        group=registration.group, email__iexact=registration.email
    )
    before = older.exclude(pk=registration.pk).first()
    invitation = {}
    if before and registration.state == State.UNCONFIRMED:
        invitation = {"invited_at": before.invited_at, "application": before.application}
        before.delete()
    now = timezone.now()
    waiting = InterestRegistration.objects.filter(pk=registration.pk, state=State.UNCONFIRMED)
    if waiting.update(state=State.CONFIRMED, confirmed_at=now, **invitation) != 1:
        raise RuleError("You have confirmed already. There is nothing more to do.")
    registration.refresh_from_db()
    audit.record(by, "cms.confirm_interest", registration, group=registration.group_id)
    return registration


@operation(needs=None)
def withdraw_interest(*, secret: str, by: Actor) -> InterestRegistration:
    """Take somebody off a group's list at once, wiping everything personal.

    Whichever of their links they use, all that they registered there goes.
    """
    registration = _registration(secret)
    theirs = InterestRegistration.objects.filter(
        group=registration.group, email__iexact=registration.email
    )
    for row in theirs:
        _wipe(row)
        audit.record(by, "cms.withdraw_interest", row, group=row.group_id)
    registration.refresh_from_db()
    return registration


def _registration(secret: str) -> InterestRegistration:
    found = InterestRegistration.objects.filter(digest=digest_of(secret)).select_related("group")
    registration = found.first()
    if registration is None:
        raise RuleError(UNKNOWN_LINK)
    return registration


def _wipe(registration: InterestRegistration) -> None:
    registration.state = State.WITHDRAWN
    registration.withdrawn_at = timezone.now()
    registration.name = registration.email = registration.sector = ""
    registration.digest = None
    registration.application = None
    for interest in rules.INTERESTS:
        setattr(registration, interest, False)
    registration.save()


@operation(needs=None)
def forget_unconfirmed_interest(*, by: Actor) -> int:
    """Delete what was never confirmed in time, for others may have typed it; returns how many."""
    count, _ = InterestRegistration.objects.unanswered_on(timezone.now()).delete()
    if count:
        audit.record(by, "cms.forget_unconfirmed_interest", count=count)
    return count


@operation(needs="cms.lead_group")
def invite_interested(*, registration: InterestRegistration, by: Actor) -> InterestRegistration:
    """Invite somebody on the list to apply: an application with their name on it, by e-mail."""
    if registration.state != State.CONFIRMED:
        raise RuleError("Only somebody who has confirmed their e-mail address can be invited.")
    free = InterestRegistration.objects.confirmed().filter(
        pk=registration.pk, invited_at__isnull=True
    )
    if free.update(invited_at=timezone.now()) != 1:
        raise RuleError("This person has been invited already.")
    registration.refresh_from_db()
    registration.application = members.invite(
        email=registration.email, name=registration.name, by=by
    )
    registration.save(update_fields=["application"])
    audit.record(by, "cms.invite_interested", registration, application=registration.application.pk)
    return registration


# --- Laying out a site --------------------------------------------------------------------------


@operation(needs=None)
def lay_page(*, parent: Page, page: AnyPage, by: Actor) -> AnyPage:
    """Publish a page of a blueprint below `parent`.

    A page with its `blueprint_key` anywhere in the same site is given back untouched, so that
    laying out twice changes nothing and never overwrites what an editor wrote.
    """
    _check_may_edit(parent, by)
    top = parent.get_ancestors(inclusive=True).get(depth=2)
    there = type(page).objects.descendant_of(top).filter(blueprint_key=page.blueprint_key).first()
    if there is not None:
        return there
    parent.add_child(instance=page)
    page.save_revision(user=by.user).publish(user=by.user)
    audit.record(by, "cms.lay_page", page, key=page.blueprint_key)
    return page


@operation(needs=None)
def write_home(*, home: HomePage, key: str, by: Actor) -> HomePage:
    """Publish the first words of a home page, unless it has been given some before."""
    _check_may_edit(home, by)
    if HomePage.objects.filter(pk=home.pk, blueprint_key="").update(blueprint_key=key) == 1:
        home.blueprint_key = key
        home.save_revision(user=by.user).publish(user=by.user)
        audit.record(by, "cms.write_home", home, key=key)
    return HomePage.objects.get(pk=home.pk)


def _check_may_edit(page: Page, by: Actor) -> None:
    """Pages are laid out by the system, or by an editor who may publish here."""
    if by == SYSTEM:
        return
    if by.user is None or not page.permissions_for_user(by.user).can_publish():
        raise PermissionDenied("cms.lay_page")


@operation(needs="cms.lead_group")
def describe_site(*, site: Site, details: dict[str, str], by: Actor) -> SiteDetails:
    """Give a site its contact details, if it has none yet."""
    kept, created = SiteDetails.objects.get_or_create(site=site, defaults=details)
    if created:
        audit.record(by, "cms.describe_site", kept)
    return kept


@operation(needs=None)
def add_picture(
    *, title: str, file_name: str, content: bytes, description: str, credit: str = "", by: Actor
) -> Picture:
    """Keep a picture for public pages; one of the same title is given back unchanged.

    `description` says what it shows, for people who cannot see it.
    """
    if by != SYSTEM and (by.user is None or not by.user.has_perm("wagtailadmin.access_admin")):
        raise PermissionDenied("cms.add_picture")
    existing = Picture.objects.filter(title=title).first()
    if existing:
        return existing
    picture = Picture(
        title=title,
        description=description,
        credit=credit,
        file=ContentFile(content, name=file_name),
        uploaded_by_user=by.user,
    )
    picture.save()
    audit.record(by, "cms.add_picture", picture)
    return picture
