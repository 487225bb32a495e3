"""Files about people, kept outside the web root."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone


def private_storage() -> Storage:
    return storages["private"]


def _path(file: PrivateFile, _name: str) -> str:
    """Stored under its random id: the name a person gave it may say who it is about."""
    return f"{file.pk.hex[:2]}/{file.pk.hex}"


class PrivateFile(models.Model):
    """A file that only some people may open; `owner_kind` names who decides (core.files)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_kind = models.CharField(max_length=40)
    owner_id = models.BigIntegerField()
    file = models.FileField(storage=private_storage, upload_to=_path, max_length=200)
    name = models.CharField(max_length=150)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["owner_kind", "owner_id"])]

    def __str__(self) -> str:
        return f"file {self.pk}"
