"""What a member asks the secretary for on their own page."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit, mail
from core.actors import Actor
from core.errors import RuleError
from core.models import RoleGrant, User
from core.permissions import Role
from core.registry import operation
from members.models import Member, MemberClass
from members.speaking_for import MEMBERSHIP, speaks_for


@operation(needs=None)
def ask_for_class(*, member: Member, wanted: MemberClass, why: str, by: Actor) -> None:
    """Ask to move to another class: the secretaries hear of it by e-mail, once a day. What follows
    is for them and the board."""
    today = timezone.localdate()
    if not speaks_for(member, by, MEMBERSHIP, today):
        raise PermissionDenied("members.ask_for_class")
    if member.ceased:
        raise RuleError("This membership has ended.")
    if wanted.pk == member.member_class_id:
        raise RuleError("That is the kind of membership now.", field="wanted")
    if wanted.for_organisations != (member.organisation_id is not None):
        raise RuleError("This kind is not for you.", field="wanted")
    grants = RoleGrant.objects.active_on(today).filter(role=Role.SECRETARY)
    for user in User.objects.filter(role_grants__in=grants, is_active=True).distinct():
        mail.queue(
            key=f"members.class-asked:{member.pk}:{wanted.pk}:{today}:{user.pk}",
            kind="members.class-asked",
            to=user.email,
            subject="A member asks for another kind of membership",
            template="members/mail/class_asked.txt",
            context={"member": member, "wanted": wanted, "why": why.strip()},
        )
    audit.record(by, "members.ask_for_class", member, wanted=wanted.code)
