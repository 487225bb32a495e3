"""Notice of a meeting in clear days: the society's own arithmetic, to the day."""

from __future__ import annotations

import datetime as dt

from core.days import working_day_from, working_days_after

ONE_DAY = dt.timedelta(days=1)


def arrives(posted: dt.date, *, in_post: int, working: bool = False) -> dt.date:
    """The day on which a letter counts as received.

    `in_post`: the days that the rules give a letter. Where they are working days (`working`), a
    letter posted on a day without a collection leaves on the next; so 0 means the day it leaves.
    """
    if not working:
        return posted + dt.timedelta(days=in_post)
    return working_days_after(working_day_from(posted), in_post)


def clear_days(sent: dt.date, meeting: dt.date, *, in_post: int = 0, working: bool = False) -> int:
    """Days of notice, leaving out the day it was sent, days in the post and the meeting's own.

    Notice by e-mail is received on the day it is sent: `in_post` is 0 and `working` False.
    """
    received = arrives(sent, in_post=in_post, working=working)
    return max(0, (meeting - received).days - 1)


def earliest_meeting(
    sent: dt.date, *, days: int, in_post: int = 0, working: bool = False
) -> dt.date:
    """The first day on which a meeting may be held if notice goes out on `sent`."""
    return arrives(sent, in_post=in_post, working=working) + dt.timedelta(days=days + 1)


def last_sending(
    meeting: dt.date, *, days: int, in_post: int = 0, working: bool = False
) -> dt.date:
    """The last day on which notice may go out for a meeting on `meeting`.

    With a post that takes working days, the last working day itself: a letter of the Saturday
    before would arrive as late as one of the Monday, and nobody could post it then.
    """
    must_arrive = meeting - dt.timedelta(days=days + 1)
    if not working:
        return must_arrive - dt.timedelta(days=in_post)
    sent = must_arrive
    while (
        sent != working_day_from(sent) or arrives(sent, in_post=in_post, working=True) > must_arrive
    ):
        sent -= ONE_DAY
    return sent
