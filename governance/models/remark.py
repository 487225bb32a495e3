"""What is said about a proposal, or about an item of an agenda, between meetings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from governance.models.meeting import AgendaItem
from governance.models.proposal import Proposal
from governance.querysets import RemarkQuerySet
from members.models import Person


class Remark(models.Model):
    """Something that somebody said, under their name, for all who may read it. It is never changed:
    its author takes it back, or the secretary takes it down and says why (`because`).
    """

    LONGEST = 2000

    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, null=True, blank=True, related_name="remarks"
    )
    item = models.ForeignKey(
        AgendaItem, on_delete=models.CASCADE, null=True, blank=True, related_name="remarks"
    )
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="remarks")
    text = models.TextField(max_length=LONGEST)
    said_at = models.DateTimeField()
    taken_down_at = models.DateTimeField(null=True, blank=True)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    because = models.CharField(max_length=200, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(proposal__isnull=True, item__isnull=False)
                | Q(proposal__isnull=False, item__isnull=True),
                name="a_remark_is_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"remark {self.pk}"

    @property
    def stands(self) -> bool:
        return self.taken_down_at is None
