"""What a member signs among others: once, here or on paper, and theirs to take back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from members.models import Member


class Way(models.TextChoices):
    ONLINE = "online", "Signed here"
    PAPER = "paper", "On paper"


class SignedByMember(models.Model):
    """A member puts their name to something, here or on a paper that staff key."""

    Way = Way

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=6, choices=Way.choices)
    signed_at = models.DateTimeField(default=timezone.now)
    keyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["signed_at", "pk"]
