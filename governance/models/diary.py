"""What was done of the statutory diary, on which day, under which reference."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Filed(models.Model):
    """Something that the law asks for each year was done, and leaves no other trace here: the
    annual return was sent in; the annual general meeting was held elsewhere, or served two years.

    `of`: the last day of the year it is for.
    """

    class Kind(models.TextChoices):
        AGM = "agm", "Annual general meeting"
        RETURN = "return", "Annual return (AR30), with the accounts"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    of = models.DateField()
    filed_on = models.DateField()
    reference = models.CharField(max_length=60)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-of", "kind"]
        verbose_name_plural = "filed"
        constraints = [models.UniqueConstraint(fields=["kind", "of"], name="filed_once_a_year")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.of}"
