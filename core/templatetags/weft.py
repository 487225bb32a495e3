"""Weft's template tags and filters. They are built in: no template needs to load them.

docs/design-system.md shows each in use; /ui/ shows each as it looks.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms, template
from django.core.exceptions import ValidationError
from django.core.paginator import Page
from django.core.validators import EmailValidator
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from djmoney.money import Money
from lucide.templatetags.lucide import lucide as lucide_svg

from core.forms import DateBoxesField

register = template.Library()

TONE_ICONS = {
    "neutral": "circle",
    "info": "info",
    "good": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-x",
    "accent": "circle-dot",
}
#: Plainer words for Django's own limits, by the code of the error.
LIMITS = {
    "min_value": "“{label}” must be {limit} or more.",
    "max_value": "“{label}” must be {limit} or less.",
    "min_length": "“{label}” must have at least {limit} characters.",
    "max_length": "“{label}” may have at most {limit} characters.",
    "max_decimal_places": "“{label}” may have {limit} figures after the point at most.",
    "max_digits": "“{label}” may have {limit} figures at most.",
    "max_whole_digits": "“{label}” may have {limit} figures before the point at most.",
}
#: Django's message levels as tones.
LEVEL_TONES = {
    "debug": "info",
    "info": "info",
    "success": "good",
    "warning": "warn",
    "error": "bad",
}


# --- Icons, buttons, tags ------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> str:
    """A decorative icon by its Lucide name; always beside text. Unknown names raise."""
    return lucide_svg(str(name), size=None, **{"class": "icon", "aria-hidden": "true"})


@register.inclusion_tag("core/components/button.html")
def button(
    text: str,
    *,
    kind: str = "",
    icon: str = "",
    name: str = "",
    value: str = "",
    href: str = "",
    opens: str = "",
    form: str = "",
    hidden_text: str = "",
) -> dict[str, Any]:
    """A button that submits, or with `href` a link that looks like one.

    kind: "" (the main act), "secondary", "danger", "quiet"; several words add classes.
    opens: the id of the dialog it opens. hidden_text: more words for screen readers.
    """
    classes = " ".join(["button", *(f"button-{word}" for word in kind.split())])
    return locals()


@register.inclusion_tag("core/components/tag.html")
def tag(text: Any, tone: str = "neutral", icon: str = "") -> dict[str, Any]:
    """A state in words, a colour and a sign: never the colour alone."""
    return {"text": text, "tone": tone, "icon": icon or TONE_ICONS[tone]}


@register.simple_tag
def avatar(name: str) -> SafeString:
    """Initials in a circle, for show only: write the name beside it."""
    words = [word for word in str(name).split() if word[0].isalpha()]
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"
    tones = ("accent", "good", "info", "warn", "bad", "neutral")
    tone = tones[zlib.crc32(str(name).encode()) % len(tones)]
    return format_html('<span class="avatar tone-{}" aria-hidden="true">{}</span>', tone, initials)


# --- Frames around content -----------------------------------------------------------------------


@register.simple_block_tag
def page_header(content: str, title: str, lead: str = "") -> str:
    """The page's h1 with a leading sentence; its content is what can be done here (buttons)."""
    return _component("page_header", content=content, title=title, lead=lead)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> str:
    """A banner that stands out: tone info, good, warn, bad or neutral."""
    return _component("notice", content=content, tone=tone, title=title, icon=TONE_ICONS[tone])


@register.simple_block_tag
def card(content: str, title: str = "", url: str = "", icon: str = "", level: int = 2) -> str:
    """A box with a heading (h`level`). With a url the whole card is the link."""
    return _component("card", content=content, title=title, url=url, icon=icon, level=level)


@register.simple_block_tag
def table(content: str, caption: str, cards: bool = False) -> str:
    """A table with its caption, in a scroll region that the keyboard reaches.

    cards=True turns each row into a card on phones; give each td a data-label.
    """
    return _component("table", content=content, caption=caption, cards=cards)


@register.simple_block_tag
def details(content: str, summary: str, open: bool = False) -> str:
    """Something to unfold."""
    return _component("details", content=content, summary=summary, open=open)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> str:
    """A dialog, opened by `{% button … opens=id %}`. Without JavaScript give another way."""
    return _component("dialog", content=content, id=id, title=title)


@register.simple_block_tag
def empty_state(content: str, icon: str, sentence: str) -> str:
    """What to say when a list is empty; its content is what to do next."""
    return _component("empty_state", content=content, icon=icon, sentence=sentence)


@register.simple_block_tag
def row(content: str, key: str, change: str = "", change_text: str = "Change") -> str:
    """One line of a `<dl class="summary">`, with a link to change it."""
    return _component(
        "summary_row", content=content, key=key, change=change, change_text=change_text
    )


@register.simple_block_tag
def moment(content: str, when: str, title: str) -> str:
    """One event of an `<ol class="timeline">`."""
    return _component("moment", content=content, when=when, title=title)


@register.simple_block_tag
def ballot(content: str, title: str, kicker: str = "", foot: str = "") -> str:
    """A ballot paper around a form's fields."""
    return _component("ballot", content=content, title=title, kicker=kicker, foot=foot)


def _component(name: str, **context: Any) -> str:
    return render_to_string(f"core/components/{name}.html", context)


# --- Lists and navigation ------------------------------------------------------------------------


@register.inclusion_tag("core/components/crumbs.html")
def crumbs(*pairs: str) -> dict[str, Any]:
    """Where this page sits: label, url, label, url … from the top down, this page left out."""
    if len(pairs) % 2:
        raise template.TemplateSyntaxError("crumbs takes pairs: label, url, label, url …")
    return {"crumbs": list(zip(pairs[::2], pairs[1::2], strict=True))}


@register.inclusion_tag("core/components/tab.html")
def tab(label: str, url: str, current: bool = False, count: int | None = None) -> dict[str, Any]:
    """One tab: a link inside `<nav class="tabs"><ul>`."""
    return {"label": label, "url": url, "current": current, "count": count}


@register.inclusion_tag("core/components/task.html")
def task(
    name: str, url: str = "", state: str = "", tone: str = "neutral", hint: str = ""
) -> dict[str, Any]:
    """One line of a `<ul class="tasks">`: what to do and whether it is done."""
    return {"name": name, "url": url, "state": state, "tone": tone, "hint": hint}


@register.inclusion_tag("core/components/stat.html")
def stat(
    label: str, value: Any, hint: str = "", url: str = "", tone: str = "accent"
) -> dict[str, Any]:
    """One figure in a `<div class="stats">`. The url's link text is the hint."""
    return {"label": label, "value": value, "hint": hint, "url": url, "tone": tone}


@register.inclusion_tag("core/components/steps.html")
def steps(current: int, total: int, name: str = "") -> dict[str, Any]:
    """ "Step 2 of 4" with a bar of that many pieces."""
    pieces = [number <= current for number in range(1, total + 1)]
    return {"current": current, "total": total, "name": name, "pieces": pieces}


@register.inclusion_tag("core/components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], name: str = "page") -> dict[str, Any]:
    """Links to a Paginator's pages, keeping the rest of the query. Nothing for a single page."""
    query = context["request"].GET.copy()

    def link(number: int) -> str:
        query[name] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [(number, link(number) if isinstance(number, int) else "") for number in numbers],
        "previous": link(page.number - 1) if page.has_previous() else "",
        "next": link(page.number + 1) if page.has_next() else "",
    }


@register.inclusion_tag("core/components/filter_bar.html", takes_context=True)
def filter_bar(context: Context, form: forms.BaseForm, submit: str = "Show") -> dict[str, Any]:
    """A GET form above a list, with a link back to the whole list."""
    request = context["request"]
    return {"form": form, "submit": submit, "path": request.path, "filtered": bool(request.GET)}


@register.inclusion_tag("core/components/progress.html")
def progress(job: Any, url: str = "") -> dict[str, Any]:
    """How far a job is; with a url htmx asks again every two seconds until it is over."""
    return {"job": job, "url": url}


@register.inclusion_tag("core/components/chart.html")
def chart(chart: Any) -> dict[str, Any]:
    """A chart from core.charts, with its table."""
    return {"chart": chart}


@register.inclusion_tag("core/components/visit.html")
def visit(
    time: str,
    who: str,
    *,
    url: str = "",
    state: str = "",
    tone: str = "accent",
    icon: str = "",
    note: str = "",
    cancelled: bool = False,
) -> dict[str, Any]:
    """One visit on the week board: the time, who it is with, its state in a word and a sign."""
    return {
        "time": time,
        "who": who,
        "url": url,
        "state": state,
        "tone": tone,
        "icon": icon or (TONE_ICONS[tone] if state else ""),
        "note": note,
        "cancelled": cancelled,
    }


@register.filter
def bottom_items(nav: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most four for the bar at the bottom of a phone: the fourth leads to all the rest."""
    if len(nav) <= 4:
        return nav
    more = {"label": "More", "url": "#all-pages", "icon": "menu", "current": False}
    more["current"] = any(item["current"] for item in nav[3:])
    return [*nav[:3], more]


# --- Forms ---------------------------------------------------------------------------------------


@register.inclusion_tag("core/components/error_summary.html")
def error_summary(*form_list: Any, focus: bool = True) -> dict[str, Any]:
    """All that is wrong with the forms or formsets given, each line a link to its box.

    It takes the focus when the page opens, so that a screen reader says it first.
    """
    found = [(text, anchor) for form in _forms(*form_list) for text, anchor in _form_errors(form)]
    for item in form_list:
        if isinstance(item, BaseFormSet) and item.is_bound:
            found += [(str(text), "") for text in item.non_form_errors()]
    return {"errors": found, "focus": focus}


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """ "Error: " for the title when a form on the page has errors."""
    for value in context.flatten().values():
        # type() and not isinstance(): a lazy object in the context must stay asleep.
        if issubclass(type(value), forms.BaseForm | BaseFormSet) and _has_errors(value):
            return "Error: "
    return ""


def _has_errors(item: Any) -> bool:
    if isinstance(item, BaseFormSet):
        return item.is_bound and bool(item.total_error_count())
    return item.is_bound and bool(item.errors)


def _forms(*items: Any) -> Iterator[forms.BaseForm]:
    for item in items:
        if isinstance(item, BaseFormSet):
            yield from item.forms
        elif item:
            yield item


def _form_errors(form: forms.BaseForm) -> Iterator[tuple[str, str]]:
    if not form.is_bound:
        return
    for text in form.non_field_errors():
        yield str(text), ""
    for name in form.errors:
        if name in form.fields:
            field = form[name]
            for text in error_sentences(field):
                yield text, "" if field.is_hidden else error_anchor(field)


def error_anchor(field: BoundField) -> str:
    """The id of the box to go to: the first one of radios and checkboxes."""
    if field_kind(field) == "choices":
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.filter
def error_sentences(field: BoundField) -> list[str]:
    """A field's errors, Django's own ("This field is required.") turned into what to do."""
    return [text for error in field.errors.as_data() for text in _sentences(error, field)]


def _sentences(error: ValidationError, field: BoundField) -> list[str]:
    messages = [str(message) for message in error.messages]
    limit = (error.params or {}).get("limit_value", (error.params or {}).get("max"))
    if messages == [str(forms.Field.default_error_messages["required"])]:
        if field_kind(field) == "checkbox":
            return [f"Tick “{field.label}” to go on."]
        if field_kind(field) == "choices" or isinstance(field.field, forms.ChoiceField):
            return [f"Choose an answer for “{field.label}”."]
        return [f"Fill in “{field.label}”."]
    if messages == [DateBoxesField.default_error_messages["required"]]:
        return [f"Enter a date for “{field.label}”, such as 3 3 2026."]
    if messages == [str(EmailValidator.message)]:
        return ["Enter an e-mail address, such as name@example.org."]
    if isinstance(field.field, forms.SlugField) and error.code == "invalid":
        return [f"“{field.label}” takes letters, figures and dashes only, without blanks."]
    if messages[0].startswith(("Ensure this value", "Ensure that there")) and error.code in LIMITS:
        return [LIMITS[error.code].format(label=field.label, limit=limit)]
    return messages


@register.filter
def field_kind(field: BoundField) -> str:
    """How to lay a field out: "checkbox" (one), "choices" (radios, checkboxes) or "box"."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "box"


BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrom": "Chrome",
    "Safari": "Safari",
}
DEVICES = {
    "iPhone": "an iPhone",
    "iPad": "an iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "a Mac",
    "Linux": "Linux",
}


@register.filter
def browser(user_agent: str) -> str:
    """ "Firefox on Windows" from what a browser says of itself."""
    name = next((name for sign, name in BROWSERS.items() if sign in user_agent), "A browser")
    device = next((name for sign, name in DEVICES.items() if sign in user_agent), "")
    return f"{name} on {device}" if device else name


# --- Words for values ----------------------------------------------------------------------------


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """A mapping's value for a key that is not an identifier; None if it has none."""
    return mapping.get(key)


@register.filter
def level_tone(level: str) -> str:
    """A Django message's level as a tone."""
    return LEVEL_TONES.get(level, "info")


def _local(value: Any) -> Any:
    return localtime(value) if isinstance(value, dt.datetime) and value.tzinfo else value


@register.filter
def longdate(value: dt.date | None) -> str:
    """ "Monday 3 March 2026", in London's day."""
    return format_date(_local(value), "l j F Y") if value else ""


@register.filter
def shortdate(value: dt.date | None) -> str:
    """ "Mon 3 Mar", where the week is plain from the page."""
    return format_date(_local(value), "D j M") if value else ""


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    """ "14:05", in London's time."""
    return _local(value).strftime("%H:%M") if value is not None and value != "" else ""


@register.filter
def pounds(value: Money | Decimal | int | None) -> str:
    """ "£1,234.50" from Money, from a Decimal of pounds, or from whole pence (an int)."""
    if value is None or value == "":
        return ""
    if isinstance(value, Money):
        amount = value.amount
    elif isinstance(value, int):
        amount = Decimal(value) / 100
    else:
        amount = Decimal(value)
    sign = "\u2212" if amount < 0 else ""
    return f"{sign}£{abs(amount):,.2f}"


@register.filter
def plural_count(number: int, noun: str) -> str:
    """ "1 member", "3 members"; with two words, "person,people", "3 people"."""
    one, _comma, many = noun.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"
