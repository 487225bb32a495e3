"""How long we have to answer somebody who asks for their data."""

from __future__ import annotations

import calendar
import datetime as dt

from core.days import working_day_from


def due_on(received: dt.date) -> dt.date:
    """The last day for the answer: the same day of the next month, or that month's last day; from
    a weekend or bank holiday, the next working day.

    Source: UK GDPR, article 12(3).
    """
    year, month = divmod(received.year * 12 + received.month, 12)
    month += 1
    day = min(received.day, calendar.monthrange(year, month)[1])
    return working_day_from(dt.date(year, month, day))
