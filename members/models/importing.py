"""A file of members and holdings that somebody brings over from an earlier register."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone

from core.models import Job


def private_storage() -> Storage:
    return storages["private"]


class RegisterImport(models.Model):
    """One file on its way into the register: tried first, then taken whole or not at all.

    `columns` maps our columns to the file's headings; `report` is what the trial or the import
    found. The file itself is removed once it is done with.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "To be tried"
        TRYING = "trying", "Being tried"
        TRIED = "tried", "Tried: nothing is written yet"
        FAULTY = "faulty", "Has faults: nothing was changed"
        IMPORTING = "importing", "Being taken in"
        IMPORTED = "imported", "Taken in"
        DISCARDED = "discarded", "Thrown away"

    file = models.FileField(upload_to="imports/", storage=private_storage, blank=True)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    report = models.JSONField(default=dict)
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return f"import {self.pk}"
