"""Core's changes of state: users, roles, sessions, private files, calendar addresses."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError
from core.files import MAX_BYTES, kind_of
from core.models import CalendarToken, OutboxMessage, PrivateFile, RoleGrant, User
from core.permissions import Role
from core.registry import operation
from core.signals import role_changed

MEMBERS_BY_ADMISSION = "Members get this role by being admitted, and lose it when they cease."


@operation(needs=None)
def create_user(*, email: str, name: str, by: Actor) -> User:
    """Give somebody a way to sign in (by e-mailed code until they set a password).

    An address that already has a user gets that user back: one user per address.
    """
    existing = User.objects.filter(email__iexact=email).first()
    if existing:
        return existing
    user = User.objects.create_user(email=email, name=name)
    # Not verified yet: the first sign-in by code does that.
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    audit.record(by, "core.create_user", user)
    return user


@operation(needs="core.manage_roles")
def grant_role(
    *, user: User, role: Role, since: dt.date, until: dt.date | None = None, by: Actor
) -> RoleGrant:
    """Give a user a role from a day, until a day or until it is ended.

    Nobody gives themselves a role, and nobody is made a member by hand. Holding the role already
    on any of these days is refused.
    """
    if by.user == user:
        raise RuleError("You cannot give yourself a role. Ask another officer.")
    if by.user and role == Role.MEMBER:
        raise RuleError(MEMBERS_BY_ADMISSION, field="role")
    return _grant(user, role, since, until, by)


@operation(needs="core.manage_roles")
def appoint(
    *, email: str, name: str, role: Role, since: dt.date, until: dt.date | None = None, by: Actor
) -> RoleGrant:
    """Give a role to whoever signs in with this address; somebody new can sign in from then on.

    A refusal leaves nobody new behind.
    """
    user = create_user(email=email, name=name, by=by)
    return grant_role(user=user, role=role, since=since, until=until, by=by)


@operation(needs=None)
def grant_member_role(*, user: User, since: dt.date, by: Actor) -> None:
    """Let a new member vote and see the members' pages. Called when a member is admitted."""
    if not user.role_grants.active_on(since).filter(role=Role.MEMBER).exists():
        _grant(user, Role.MEMBER, since, None, by)


def _grant(user: User, role: Role, since: dt.date, until: dt.date | None, by: Actor) -> RoleGrant:
    if until and until < since:
        raise RuleError("The last day must not be before the first.", field="until")
    label = Role(role).label.lower()
    held = user.role_grants.not_over_on(since).filter(role=role).order_by("since")
    clash = (held.filter(since__lte=until) if until else held).first()
    if clash and clash.since > since:
        raise RuleError(
            f"This person is to be {label} from {clash.since:%-d %B %Y} already.", field="role"
        )
    if clash:
        raise RuleError(f"This person is already {label}.", field="role")
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(
                user=user, role=role, since=since, until=until, granted_by=by.user
            )
    except IntegrityError:  # somebody else gave it at the same moment
        raise RuleError(f"This person is already {label}.", field="role") from None
    if since <= timezone.localdate():
        user.groups.add(Group.objects.get(name=Role(role).label))
        role_changed.send(RoleGrant, user=user, role=role)
    audit.record(by, "core.grant_role", user, role=str(role))
    return grant


@operation(needs="core.manage_roles")
def end_role(*, grant: RoleGrant, by: Actor) -> RoleGrant:
    """End a role now, but not the only administrator's, and not a member's while they are one."""
    if grant.role == Role.ADMINISTRATOR and not _another_administrator(grant):
        raise RuleError("This is the only administrator. Give somebody else the role first.")
    if grant.role == Role.MEMBER:
        raise RuleError(MEMBERS_BY_ADMISSION)
    return _end(grant, by)


@operation(needs=None)
def end_member_role(*, user: User, by: Actor) -> None:
    """Take back what admission gave. Called when the last membership of a user has ended."""
    for grant in user.role_grants.not_over_on(timezone.localdate()).filter(role=Role.MEMBER):
        _end(grant, by)


def _end(grant: RoleGrant, by: Actor) -> RoleGrant:
    ended = RoleGrant.objects.filter(pk=grant.pk, ended_at__isnull=True)
    if ended.update(ended_at=timezone.now()) != 1:
        raise RuleError("This role has already ended.")
    grant.refresh_from_db()
    _leave_group(grant)
    audit.record(by, "core.end_role", grant.user, role=grant.role)
    return grant


def _another_administrator(grant: RoleGrant) -> bool:
    others = RoleGrant.objects.active_on(timezone.localdate()).exclude(user=grant.user)
    return others.filter(role=Role.ADMINISTRATOR, until__isnull=True).exists()


@operation(needs=None)
def end_lapsed_roles(*, by: Actor) -> int:
    """Bring group membership in line with the dates of the grants; returns how many changed."""
    today = timezone.localdate()
    changed = 0
    lapsed = RoleGrant.objects.filter(until__lt=today, ended_at__isnull=True)
    for grant in lapsed.select_related("user"):
        changed += _leave_group(grant)
    for grant in RoleGrant.objects.active_on(today).select_related("user"):
        group = Group.objects.get(name=Role(grant.role).label)
        if not grant.user.groups.filter(pk=group.pk).exists():
            grant.user.groups.add(group)
            role_changed.send(RoleGrant, user=grant.user, role=grant.role)
            changed += 1
    if changed:
        audit.record(by, "core.end_lapsed_roles", changed=changed)
    return changed


def _leave_group(grant: RoleGrant) -> bool:
    """Take the user out of the role's group, unless another grant still gives it today."""
    user = grant.user
    if user.role_grants.active_on(timezone.localdate()).filter(role=grant.role).exists():
        return False
    group = user.groups.filter(name=Role(grant.role).label).first()
    if group:
        user.groups.remove(group)
        role_changed.send(RoleGrant, user=user, role=grant.role)
    return group is not None


@operation(needs=None)
def end_other_sessions(*, user: User, but: str, by: Actor) -> None:
    """Sign a user out everywhere but in the session with the key `but`.

    Done when a second step is set up: a session that began before has never passed it.
    """
    others = list(UserSession.objects.filter(user=user).exclude(session_key=but))
    for session in others:
        session.end()
    if others:
        audit.record(by, "core.end_other_sessions", user, ended=len(others))


@operation(needs=None)
def stop_sign_in(*, user: User, by: Actor) -> bool:
    """Let somebody sign in no longer, and end what they are signed in to. True if they could.

    Called when a person has died. Their roles stay as they are, and give nothing meanwhile.
    """
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False) != 1:
        return False
    for session in UserSession.objects.filter(user=user):
        session.end()
    audit.record(by, "core.stop_sign_in", user)
    return True


@operation(needs=None)
def allow_sign_in(*, user: User, by: Actor) -> None:
    """Take back `stop_sign_in`, which was a mistake."""
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True) == 1:
        audit.record(by, "core.allow_sign_in", user)


@operation(needs="core.keep_mail")
def send_again(*, message: OutboxMessage, by: Actor) -> OutboxMessage:
    """Try a message once more that was given up after many failures."""
    given_up = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.FAILED)
    again = {"state": OutboxMessage.State.WAITING, "attempts": 0, "not_before": timezone.now()}
    if given_up.update(**again) != 1:
        raise RuleError("This message is on its way already.")
    message.refresh_from_db()
    audit.record(by, "core.send_again", message)
    mail.hurry(message)
    return message


@operation(needs=None)
def keep_file(*, upload: UploadedFile, owner_kind: str, owner_id: int, by: Actor) -> PrivateFile:
    """Keep an uploaded PDF or picture about a person, out of the web server's reach.

    Refuses anything over 10 MB, and anything that is not what its first bytes say it is.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise RuleError("The file is larger than 10 MB.", field="file")
    content = upload.read()
    content_type = kind_of(content)
    if content_type is None:
        raise RuleError("Please choose a PDF, JPEG or PNG file.", field="file")
    upload.seek(0)
    kept = PrivateFile.objects.create(
        owner_kind=owner_kind,
        owner_id=owner_id,
        file=upload,
        name=(upload.name or "file")[-150:],
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_by=by.user,
    )
    audit.record(by, "core.keep_file", kept, owner=[owner_kind, owner_id])
    return kept


@operation(needs=None)
def keep_made_file(
    *, content: bytes, name: str, content_type: str, owner_kind: str, owner_id: int, by: Actor
) -> PrivateFile:
    """Keep a file about a person that we made ourselves. Its name names nobody."""
    kept = PrivateFile.objects.create(
        owner_kind=owner_kind,
        owner_id=owner_id,
        file=ContentFile(content, name=name),
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_by=by.user,
    )
    audit.record(by, "core.keep_made_file", kept, owner=[owner_kind, owner_id])
    return kept


@operation(needs=None)
def remove_file(*, file: PrivateFile, by: Actor) -> None:
    """Remove a private file for good: the row now, what is stored as soon as that is certain."""
    stored, storage = str(file.file.name), file.file.storage
    audit.record(by, "core.remove_file", file, owner=[file.owner_kind, file.owner_id])
    file.delete()
    transaction.on_commit(lambda: storage.delete(stored))


@operation(needs=None)
def issue_calendar_address(*, feed: str, owner_id: int, by: Actor) -> str:
    """Make a new secret address for a feed; the old one stops working. Returns the secret.

    It is shown once: only its hash is kept. Whether this reader may have the feed is for the app
    that owns it to check first.
    """
    revoke_calendar_address(feed=feed, owner_id=owner_id, by=by)
    secret = secrets.token_urlsafe(32)
    token = CalendarToken.objects.create(
        digest=digest_of(secret), feed=feed, owner_id=owner_id, user=by.user
    )
    audit.record(by, "core.issue_calendar_address", token, feed=feed)
    return secret


@operation(needs=None)
def revoke_calendar_address(*, feed: str, owner_id: int, by: Actor) -> None:
    """Stop this reader's address for a feed at once."""
    live = CalendarToken.objects.filter(
        feed=feed, owner_id=owner_id, user=by.user, revoked_at__isnull=True
    )
    for token in live:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(by, "core.revoke_calendar_address", token, feed=feed)


def digest_of(secret: str) -> str:
    """The hash under which a secret of 256 random bits is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


@operation(needs=None)
def appoint_first_administrator(*, email: str, name: str, by: Actor) -> User:
    """Make the first administrator of a new installation; refused once there is one."""
    today = timezone.localdate()
    if RoleGrant.objects.active_on(today).filter(role=Role.ADMINISTRATOR).exists():
        raise RuleError("There is an administrator already. They can give others the role.")
    user = create_user(email=email, name=name, by=by)
    _grant(user, Role.ADMINISTRATOR, today, None, by)
    return user
