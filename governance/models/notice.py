"""Notice of a meeting: who was told, how and when, and who agreed to be told later."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import OutboxMessage
from governance.models.adjournment import Adjournment
from governance.models.meeting import Meeting, ToMemberOrSeat
from governance.querysets import NoticeQuerySet, ShorterNoticeQuerySet
from members.models import Letter


class Notice(ToMemberOrSeat):
    """Notice of a meeting to one member, or to somebody who sits on the body that meets: by which
    way, and when it went.

    `letter`: in the print queue; it says when it was posted. An e-mail that came back
    (`came_back_at`) is followed by one. `sent_on`: the day of the e-mail, and of letters that were
    posted without the print queue. To who dies before theirs has gone nothing is sent.
    """

    class Way(models.TextChoices):
        EMAIL = "email", "By e-mail"
        POST = "post", "By post"
        NONE = "none", "Nobody: they have died"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="notices")
    way = models.CharField(max_length=5, choices=Way.choices)
    sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    message = models.ForeignKey(
        OutboxMessage, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    came_back_at = models.DateTimeField(null=True)
    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, null=True, related_name="meeting_notice"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["member__number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="one_notice_per_member"),
            models.UniqueConstraint(fields=["meeting", "person"], name="one_notice_per_seat"),
            models.CheckConstraint(
                condition=Q(member__isnull=False, person__isnull=True)
                | Q(member__isnull=True, person__isnull=False),
                name="notice_to_a_member_or_a_seat",
            ),
            models.CheckConstraint(
                condition=Q(came_back_at__isnull=True) | Q(way="email"),
                name="only_an_e_mail_comes_back",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"

    @property
    def went_on(self) -> dt.date | None:
        """The day on which it was e-mailed or posted; none while it waits, or came back and its
        letter waits.
        """
        return self.letter.posted_on if self.letter else self.sent_on


class ShorterNotice(ToMemberOrSeat):
    """Somebody who would have had notice in full agrees to a shorter one of this meeting."""

    class Way(models.TextChoices):
        PAPER = "paper", "On paper"
        EMAIL = "email", "By e-mail"
        SAID = "said", "Said so"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="shorter_notice")
    way = models.CharField(max_length=5, choices=Way.choices)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    objects = ShorterNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["noted_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_member_agrees_once_to_shorter_notice",
            ),
            models.UniqueConstraint(
                fields=["meeting", "person"],
                condition=Q(withdrawn_at__isnull=True),
                name="a_seat_agrees_once_to_shorter_notice",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False, person__isnull=True)
                | Q(member__isnull=True, person__isnull=False),
                name="shorter_notice_of_a_member_or_a_seat",
            ),
        ]

    def __str__(self) -> str:
        return f"shorter notice {self.pk}"


class Announcement(models.Model):
    """Something about a called meeting that everybody must hear of: another day, another place,
    or that it is called off. `told_at`: when the last of them had been written to.
    """

    class What(models.TextChoices):
        ANOTHER_DAY = "another_day", "Another day"
        ANOTHER_PLACE = "another_place", "Another place"
        CALLED_OFF = "called_off", "Called off"

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="announcements")
    what = models.CharField(max_length=15, choices=What.choices)
    words = models.TextField("in the secretary’s words", blank=True)
    adjournment = models.OneToOneField(
        Adjournment, on_delete=models.CASCADE, null=True, related_name="announcement"
    )
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what="another_day", adjournment__isnull=False)
                | ~Q(what="another_day") & Q(adjournment__isnull=True),
                name="another_day_is_announced_with_it",
            ),
            models.UniqueConstraint(
                fields=["meeting"],
                condition=Q(what="called_off"),
                name="a_meeting_is_called_off_once",
            ),
        ]

    def __str__(self) -> str:
        return f"announcement {self.pk}"
