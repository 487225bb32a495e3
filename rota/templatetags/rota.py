"""Words for the rota's figures."""

from __future__ import annotations

import datetime as dt

from django import template

from core.templatetags.weft import clock, shortdate
from rota.rules import LONDON, hours_text

register = template.Library()
register.filter("hours", hours_text)


@register.filter
def away_from(moment: dt.datetime) -> str:
    """When an absence begins: "Thu 10 Dec", with the hour unless it is the day's first."""
    return shortdate(moment) if _is_midnight(moment) else f"{shortdate(moment)}, {clock(moment)}"


@register.filter
def away_until(moment: dt.datetime) -> str:
    """When an absence ends: its last whole day, or the day and hour."""
    if _is_midnight(moment):
        return shortdate(moment.astimezone(LONDON).date() - dt.timedelta(days=1))
    return f"{shortdate(moment)}, {clock(moment)}"


def _is_midnight(moment: dt.datetime) -> bool:
    return moment.astimezone(LONDON).time() == dt.time()
