"""Writes the GRANTS table to Django's groups and permissions."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from core.permissions import GRANTS, Role

#: Our permissions hang on a content type of this name in each app, so that libraries' own
#: permissions (Wagtail's page rights) stay untouched when a group is brought in line.
MODEL = "operation"


def sync(using: str = "default") -> None:
    """Make groups and permissions say what GRANTS says. Changes nothing when they already do."""
    rights = {name: _permission(name, using) for name in GRANTS}
    stale = Permission.objects.using(using).filter(content_type__model=MODEL)
    stale.exclude(pk__in=[right.pk for right in rights.values()]).delete()
    for role in Role:
        group, _ = Group.objects.using(using).get_or_create(name=role.label)
        granted = {right for name, right in rights.items() if role in GRANTS[name]}
        held = set(group.permissions.filter(content_type__model=MODEL))
        group.permissions.add(*(granted - held))
        group.permissions.remove(*(held - granted))


def _permission(name: str, using: str) -> Permission:
    app, codename = name.split(".")
    content_type, _ = ContentType.objects.using(using).get_or_create(app_label=app, model=MODEL)
    permission, _ = Permission.objects.using(using).get_or_create(
        content_type=content_type,
        codename=codename,
        defaults={"name": codename.replace("_", " ").capitalize()},
    )
    return permission
