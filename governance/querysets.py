"""Questions over meetings, notices, votes and results."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from members.querysets import living

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.models import User
    from governance.models import (
        Action,
        AgendaItem,
        Attendance,
        Body,
        Decision,
        Election,
        Interest,
        Meeting,
        Minutes,
        Notice,
        OpinionPoll,
        Proposal,
        Proxy,
        Recusal,
        Remark,
        Requisition,
        Result,
        Seat,
        Series,
        ShorterNotice,
        Voter,
        WrittenResolution,
        WrittenVoice,
    )

Row = TypeVar("Row", bound=models.Model)

#: States of meetings at which nothing more happens.
OVER = ["closed", "cancelled"]


class BodyQuerySet(models.QuerySet["Body"]):
    def standing(self) -> BodyQuerySet:
        """Those that still meet."""
        return self.filter(ended_on__isnull=True)

    def visible_to(self, user: User, day: dt.date) -> BodyQuerySet:
        """The secretary sees all, members their general meeting, and who sits on one sees it."""
        if user.has_perm("governance.arrange_meeting"):
            return self
        mine = Q(
            pk__in=self.model._meta.get_field("seats")
            .related_model.objects.held_on(day)  # type: ignore[union-attr]
            .filter(person__user=user)
            .values("body")
        )
        return self.filter(mine | Q(kind="general") if user.has_perm("governance.vote") else mine)


class SeatQuerySet(models.QuerySet["Seat"]):
    def standing(self) -> SeatQuerySet:
        """Not those entered by mistake."""
        return self.filter(struck_on__isnull=True)

    def held_from(self, day: dt.date) -> SeatQuerySet:
        """Those that had not ended on a day, begun by then or later."""
        return self.standing().filter(Q(until__isnull=True) | Q(until__gte=day))

    def held_on(self, day: dt.date) -> SeatQuerySet:
        return self.held_from(day).filter(since__lte=day)

    def seen_by(self, user: User, day: dt.date) -> SeatQuerySet:
        """Seats of today: for the secretary all, for others those on bodies where they sit."""
        held = self.held_on(day).select_related("person", "body").order_by("body", "pk")
        if user.has_perm("governance.arrange_meeting"):
            return held
        return held.filter(body__in=self.held_on(day).filter(person__user=user).values("body"))


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> MeetingQuerySet:
        """The secretary sees all; of what has been called, members see their general meetings, and
        who sits on a body its own; tellers see where they count.
        """
        if user.has_perm("governance.arrange_meeting"):
            return self
        called = self.filter(called_on__isnull=False)
        counts = Q(pk__in=self.filter(tellers__user=user).values("pk"))
        return self.filter(counts | Q(pk__in=called.discussed_by(user).values("pk")))

    def discussed_by(self, user: User) -> MeetingQuerySet:
        """Whose items somebody may talk about beforehand: of those they see, all but where they
        only count votes.
        """
        if user.has_perm("governance.arrange_meeting"):
            return self
        sees = Q(pk__in=self.where_one_sits(user).values("pk"))
        if user.has_perm("governance.vote"):
            sees |= Q(body__kind="general")
        return self.filter(sees)

    def where_one_sits(self, user: User) -> MeetingQuerySet:
        """Meetings of bodies on which somebody sits, or sat when they were held; of partnerships in
        which they speak, or spoke, for a partner.
        """
        there = Q(body__seats__until__isnull=True) | Q(
            body__seats__until__gte=models.F("starts_at__date")
        )
        sat = self.filter(
            there, body__seats__person__user=user, body__seats__struck_on__isnull=True
        )
        delegates = Q(body__partners__delegates__until__isnull=True) | Q(
            body__partners__delegates__until__gte=models.F("starts_at__date")
        )
        spoke = self.filter(delegates, body__partners__delegates__person__user=user)
        return self.filter(Q(pk__in=sat.values("pk")) | Q(pk__in=spoke.values("pk")))

    def upcoming(self) -> MeetingQuerySet:
        """Not over yet, the next one first."""
        return self.exclude(state__in=OVER).order_by("starts_at", "pk")

    def past(self) -> MeetingQuerySet:
        return self.filter(state__in=OVER).order_by("-starts_at", "-pk")

    def without_roll(self, day: dt.date) -> MeetingQuerySet:
        """Called meetings whose record date has come, with no roll yet."""
        return self.filter(
            state__in=["called", "open"], record_date__lte=day, voters__isnull=True
        ).select_related("body")

    def with_notices_waiting(self) -> MeetingQuerySet:
        """Called, with e-mails that have not gone to the outbox."""
        return self.filter(notice_job__state__in=["waiting", "running"])


class VoterQuerySet(models.QuerySet["Voter"]):
    def standing(self) -> VoterQuerySet:
        """Who is on the roll now: not who was struck off it."""
        return self.filter(struck_on__isnull=True)

    def with_names(self) -> VoterQuerySet:
        return self.select_related("member__person", "member__organisation", "person")

    def of_user(self, user: User, day: dt.date) -> VoterQuerySet:
        """Those for whom this user speaks: themselves, and organisations they represent."""
        member: Any = self.model._meta.get_field("member").related_model
        mine = member.objects.of_user(user, day)
        return self.filter(Q(member__in=mine) | Q(person__user=user))

    def found_by(self, text: str) -> VoterQuerySet:
        """By register number, or by every word of the text in the name."""
        return cast(VoterQuerySet, _named(self, text, "member__person", "person"))


def _named(rows: models.QuerySet[Row], text: str, *people: str) -> models.QuerySet[Row]:
    """Rows of a member with this register number, or with every word of the text in the name.

    `people` are the ways to a person; the organisation that may be the member is looked at too.
    """
    for word in text.split():
        if word.isdecimal():
            rows = rows.filter(member__number=int(word)) if len(word) < 10 else rows.none()
            continue
        named = Q(member__organisation__name__icontains=word)
        for person in people:
            named |= Q(**{f"{person}__first_name__icontains": word})
            named |= Q(**{f"{person}__last_name__icontains": word})
        rows = rows.filter(named)
    return rows


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def there(self) -> AttendanceQuerySet:
        """Those who have not left."""
        return self.filter(left_at__isnull=True)


class ProxyQuerySet(models.QuerySet["Proxy"]):
    def standing(self) -> ProxyQuerySet:
        """Given and neither taken back nor refused; perhaps not accepted yet."""
        return self.filter(ended_at__isnull=True)

    def in_force(self) -> ProxyQuerySet:
        """Accepted by the holder, who is there while the giver is not, both on the roll."""
        voters = cast(Any, self.model._meta.get_field("voter").related_model)
        there = voters.objects.standing().filter(
            pk__in=voters.objects.filter(
                attendances__isnull=False, attendances__left_at__isnull=True
            ).values("pk")
        )
        return self.standing().filter(
            accepted_at__isnull=False,
            holder__in=there.values("pk"),
            voter__in=voters.objects.standing().exclude(pk__in=there.values("pk")).values("pk"),
        )


class NoticeQuerySet(models.QuerySet["Notice"]):
    def with_names(self) -> NoticeQuerySet:
        return self.select_related("member__person", "member__organisation", "person", "letter")

    def waiting(self) -> NoticeQuerySet:
        """Neither e-mailed nor in the print queue, and to be written."""
        return self.filter(sent_on__isnull=True, letter__isnull=True).exclude(way="none")

    def to_the_living(self) -> NoticeQuerySet:
        return self.filter(living(), living("member__"))

    def by_email(self) -> NoticeQuerySet:
        """By e-mail, and it did not come back."""
        return self.filter(way="email", came_back_at__isnull=True)

    def came_back(self) -> NoticeQuerySet:
        return self.filter(came_back_at__isnull=False)

    def by_post(self) -> NoticeQuerySet:
        """By post from the first, or after an e-mail that came back."""
        return self.filter(Q(way="post") | Q(came_back_at__isnull=False))

    def to_post(self) -> NoticeQuerySet:
        """Letters that are not noted as posted."""
        return self.by_post().filter(
            Q(letter__isnull=False, letter__posted_on__isnull=True)
            | Q(letter__isnull=True, sent_on__isnull=True)
        )

    def given_up(self) -> NoticeQuerySet:
        """By e-mails that no server took, and that nothing has followed."""
        return self.by_email().filter(message__state="failed")


class ShorterNoticeQuerySet(models.QuerySet["ShorterNotice"]):
    def standing(self) -> ShorterNoticeQuerySet:
        """Not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class ElectionQuerySet(models.QuerySet["Election"]):
    def visible_to(self, user: User) -> ElectionQuerySet:
        """The secretary and the meeting's tellers see all; members from the call for nominations,
        or from the day voting opens.
        """
        if user.has_perm("governance.run_election"):
            return self
        mine = Q(pk__in=self.filter(meeting__tellers__user=user).values("pk"))
        if user.has_perm("governance.vote"):
            called_for = Q(nominations_from__isnull=False) & Q(meeting__called_on__isnull=False)
            return self.filter(mine | called_for | ~Q(state__in=["draft", "rolled", "called_off"]))
        return self.filter(mine)

    def open_record_to(self, user: User | AnonymousUser) -> ElectionQuerySet:
        """Whose record and receipts somebody may see: everybody, once it is declared."""
        declared = self.filter(state="published")
        if not user.is_authenticated:
            return declared
        return self.filter(Q(pk__in=declared) | Q(pk__in=self.visible_to(user)))

    def open_at(self, now: dt.datetime) -> ElectionQuerySet:
        """Taking votes at this moment."""
        return self.filter(state="open", closes_at__gt=now)

    def with_codes_waiting(self) -> ElectionQuerySet:
        """Those with e-mails of voting codes that have not gone to the outbox."""
        return self.filter(code_job__state__in=["waiting", "running"])

    def due_to_close(self, now: dt.datetime) -> ElectionQuerySet:
        return self.filter(state="open", closes_at__lte=now)


class ResultQuerySet(models.QuerySet["Result"]):
    def published(self) -> ResultQuerySet:
        """What everybody may know, the newest first."""
        return self.filter(published_at__isnull=False).select_related("election__meeting")

    def visible_to(self, user: User | AnonymousUser) -> ResultQuerySet:
        """Everybody sees what is published; secretary and tellers what has been counted."""
        if user.has_perm("governance.run_election"):
            return self
        published = Q(published_at__isnull=False)
        if not user.is_authenticated:
            return self.filter(published)
        mine = Q(pk__in=self.filter(election__meeting__tellers__user=user).values("pk"))
        return self.filter(mine | published)


class RollQuerySet(models.QuerySet[Row]):
    def voted(self) -> RollQuerySet[Row]:
        """Here or on paper."""
        return self.exclude(state="not_voted")

    def found_by(self, text: str) -> RollQuerySet[Row]:
        """By register number, or by every word of the text in the name."""
        return cast("RollQuerySet[Row]", _named(self, text, "member__person"))

    def in_the_box(self) -> RollQuerySet[Row]:
        """Who voted here or by telephone: each has a sealed paper in the box."""
        return self.filter(state="voted")

    def on_paper(self) -> RollQuerySet[Row]:
        return self.filter(state="paper")


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: User) -> MinutesQuerySet:
        """The secretary sees all; others those of meetings they see, once they are sent round."""
        if user.has_perm("governance.arrange_meeting"):
            return self
        meetings = cast(Any, self.model._meta.get_field("meeting").related_model)
        seen = meetings.objects.visible_to(user)
        return self.exclude(state="draft").filter(meeting__in=seen.values("pk"))

    def public(self) -> MinutesQuerySet:
        """On the public site, the newest first."""
        rows = self.filter(public_since__isnull=False).select_related("meeting")
        return rows.order_by("-meeting__starts_at", "-pk")


def _of_bodies_seen(rows: models.QuerySet[Row], user: User, day: dt.date) -> models.QuerySet[Row]:
    """Rows of the bodies that somebody sees."""
    bodies = cast(Any, rows.model._meta.get_field("body").related_model)
    return rows.filter(body__in=bodies.objects.visible_to(user, day).values("pk"))


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User, day: dt.date) -> DecisionQuerySet:
        return cast(DecisionQuerySet, _of_bodies_seen(self, user, day))

    def due_for_review(self, day: dt.date) -> DecisionQuerySet:
        return self.filter(state="stands", review_on__lte=day)


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: User, day: dt.date) -> ActionQuerySet:
        """Of the bodies that somebody sees, and one's own."""
        seen = _of_bodies_seen(self, user, day)
        return self.filter(Q(pk__in=seen.values("pk")) | Q(owner__user=user))

    def open(self) -> ActionQuerySet:
        return self.filter(state="open")

    def ended(self) -> ActionQuerySet:
        """Done or dropped, the latest first."""
        return self.exclude(state="open").order_by("-ended_on", "-pk")


class RequisitionQuerySet(models.QuerySet["Requisition"]):
    def visible_to(self, user: User) -> RequisitionQuerySet:
        """Members and the secretary see all."""
        if user.has_perm("governance.arrange_meeting") or user.has_perm("governance.vote"):
            return self
        return self.none()


class _SignedQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def counting_on(self, day: dt.date) -> Self:
        """Of those, the signatures of who is in the register on that day."""
        members = cast(Any, self.model._meta.get_field("member").related_model)
        return self.standing().filter(member__in=members.objects.active_on(day).values("pk"))


class RecusalQuerySet(models.QuerySet["Recusal"]):
    def standing(self) -> RecusalQuerySet:
        """Not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class AskingSignatureQuerySet(_SignedQuerySet):
    pass


class SeconderQuerySet(_SignedQuerySet):
    pass


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, user: User) -> ProposalQuerySet:
        """Members and the secretary see all."""
        if user.has_perm("governance.arrange_meeting") or user.has_perm("governance.vote"):
            return self
        return self.none()

    def waiting_for_agenda(self) -> ProposalQuerySet:
        return self.filter(state="seconded", item__isnull=True)


class RemarkQuerySet(models.QuerySet["Remark"]):
    def about_item(self, item: AgendaItem) -> RemarkQuerySet:
        """Of an item of an agenda; and of the proposal that it was before."""
        return self.filter(Q(item=item) | Q(proposal__item=item))

    def about_proposal(self, proposal: Proposal) -> RemarkQuerySet:
        """Of a proposal; and of the item of an agenda that it has become."""
        if proposal.item_id is None:
            return self.filter(proposal=proposal)
        return self.filter(Q(proposal=proposal) | Q(item=proposal.item_id))

    def counted_by_item(self, meeting: Meeting) -> dict[int, int]:
        """Item → how many remarks stand about it, of a whole agenda."""
        its = Coalesce("item", "proposal__item")
        return dict(
            self.filter(Q(item__meeting=meeting) | Q(proposal__item__meeting=meeting))
            .filter(taken_down_at__isnull=True)
            .order_by()
            .annotate(its=its)
            .values_list("its")
            .annotate(models.Count("pk"))
        )


class OpinionPollQuerySet(models.QuerySet["OpinionPoll"]):
    def visible_to(self, user: User) -> OpinionPollQuerySet:
        """Members and the secretary see all."""
        if user.has_perm("governance.arrange_meeting") or user.has_perm("governance.vote"):
            return self
        return self.none()

    def open_on(self, day: dt.date) -> OpinionPollQuerySet:
        return self.filter(stopped_at__isnull=True, last_day__gte=day)


class WrittenResolutionQuerySet(models.QuerySet["WrittenResolution"]):
    def visible_to(self, user: User, day: dt.date) -> WrittenResolutionQuerySet:
        """The secretary sees all, members those of the members, and whoever may decide one sees
        it.
        """
        if user.has_perm("governance.arrange_meeting"):
            return self
        voices = cast(Any, self.model._meta.get_field("voices").related_model)
        mine = Q(pk__in=voices.objects.of_user(user, day).values("resolution"))
        if user.has_perm("governance.vote"):
            mine |= Q(body__kind="general")
        return self.filter(mine)

    def open(self) -> WrittenResolutionQuerySet:
        return self.filter(state="open")


class WrittenVoiceQuerySet(models.QuerySet["WrittenVoice"]):
    def counting(self) -> WrittenVoiceQuerySet:
        """Of those who may decide it: not who stands aside."""
        return self.filter(aside_at__isnull=True)

    def with_names(self) -> WrittenVoiceQuerySet:
        return self.select_related("member__person", "member__organisation", "person")

    def of_user(self, user: User, day: dt.date) -> WrittenVoiceQuerySet:
        """Those for whom this user speaks: themselves, and organisations they represent."""
        member: Any = self.model._meta.get_field("member").related_model
        return self.filter(Q(member__in=member.objects.of_user(user, day)) | Q(person__user=user))


class SeriesQuerySet(models.QuerySet["Series"]):
    def standing(self) -> SeriesQuerySet:
        return self.filter(ended_on__isnull=True, body__ended_on__isnull=True)


class DeclaredInterestQuerySet(models.QuerySet["Interest"]):
    def held_on(self, day: dt.date) -> DeclaredInterestQuerySet:
        """Those that had begun and not ended by a day."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)
