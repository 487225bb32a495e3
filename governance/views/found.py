"""Getting the row that a page is about, or 404 if this person may not see it; and who they are."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from core.models import User
from governance.models import Election, Meeting, Motion, Result, Teller
from members.models import Member


def user_of(request: HttpRequest) -> User:
    """The signed-in user: the middleware lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def members_of(request: HttpRequest) -> list[Member]:
    """Those for whom this person signs and answers: themselves, and organisations that they
    represent.
    """
    today = timezone.localdate()
    mine = Member.objects.of_user(user_of(request), today).active_on(today)
    return list(mine.select_related("person", "organisation").order_by("number"))


def meeting_for(request: HttpRequest, pk: int) -> Meeting:
    meetings = Meeting.objects.visible_to(user_of(request)).select_related("body", "notice_job")
    return get_object_or_404(meetings, pk=pk)


def election_for(request: HttpRequest, pk: int) -> Election:
    elections = Election.objects.visible_to(user_of(request))
    return get_object_or_404(elections.select_related("meeting__body", "motion__item"), pk=pk)


def record_for(request: HttpRequest, pk: int) -> Election:
    """A vote whose record and receipts this visitor may see."""
    elections = Election.objects.open_record_to(request.user).select_related("meeting")
    return get_object_or_404(elections, pk=pk)


def result_for(request: HttpRequest, election_pk: int) -> Result:
    results = Result.objects.visible_to(request.user).select_related("election__meeting")
    return get_object_or_404(results, election_id=election_pk)


def teller_for(request: HttpRequest, meeting: Meeting) -> Teller:
    """This person as a teller of the meeting; 404 for everybody else."""
    return get_object_or_404(meeting.tellers, user=user_of(request))


def motion_for(request: HttpRequest, pk: int, item_pk: int) -> Motion:
    """The motion of an item of a meeting that the user may see, or 404."""
    meeting = meeting_for(request, pk)
    names = ("item", "confirms__item__meeting", "proposer__person", "seconder__person")
    motion = get_object_or_404(
        Motion.objects.select_related(*names), item=item_pk, item__meeting=meeting
    )
    motion.item.meeting = meeting
    return motion
