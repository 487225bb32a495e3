"""What the role "Website editor" may do in Wagtail's own tables."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from core.permissions import Role

#: (app, model, codename) of rights that hold everywhere.
EVERYWHERE = [
    ("wagtailadmin", "admin", "access_admin"),
    ("cms", "sitedetails", "change_sitedetails"),
]
ON_PAGES = ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"]
IN_COLLECTIONS = [
    ("wagtailimages", "image", "add_image"),
    ("wagtailimages", "image", "change_image"),
    ("wagtailimages", "image", "choose_image"),
    ("wagtaildocs", "document", "add_document"),
    ("wagtaildocs", "document", "change_document"),
    ("wagtaildocs", "document", "choose_document"),
    ("wagtailcore", "collection", "add_collection"),
    ("wagtailcore", "collection", "change_collection"),
]


def give_rights() -> None:
    """Let editors write, publish and illustrate every page. Changes nothing a second time."""
    page_root = Page.objects.filter(depth=1).first()
    collection_root = Collection.objects.filter(depth=1).first()
    if page_root is None or collection_root is None:
        return  # the tables were just emptied
    group, _ = Group.objects.get_or_create(name=Role.EDITOR.label)
    group.permissions.add(*(_permission(*right) for right in EVERYWHERE))
    for codename in ON_PAGES:
        GroupPagePermission.objects.get_or_create(
            group=group, page=page_root, permission=_permission("wagtailcore", "page", codename)
        )
    for right in IN_COLLECTIONS:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection_root, permission=_permission(*right)
        )


def _permission(app: str, model: str, codename: str) -> Permission:
    """A library's permission; made here where that library has not come to it in this migrate."""
    content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
    permission, _ = Permission.objects.get_or_create(
        content_type=content_type,
        codename=codename,
        defaults={"name": f"Can {codename.replace('_', ' ')}"},
    )
    return permission
