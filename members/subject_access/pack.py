"""The pack that is given: a zip of one file for computers, one for people, and their own files."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.documents import PdfUnavailable, document_html, make_pdf
from core.spreadsheets import zip_file
from members.models import Person
from members.subject_access.collect import Everything
from members.subject_access.reading import chapters, only_for_computers

TEMPLATE = "members/papers/data_pack.html"
#: A record of many years has some thousand rows: a second for each hundred, and room.
SECONDS = 900
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def pack(everything: Everything) -> bytes:
    """The zip: data.json, data.pdf (data.html where no PDF can be made), and their files."""
    files: dict[str, bytes] = {"data.json": _json(everything)}
    name, content = _for_people(everything)
    files[name] = content
    for kept in everything.files:
        with kept.file.open("rb") as stored:
            files[f"files/{kept.pk}.{ENDINGS.get(kept.content_type, 'bin')}"] = stored.read()
    return zip_file(files)


def _json(everything: Everything) -> bytes:
    data: Mapping[str, Any] = {
        "from": settings.SOCIETY_NAME,
        "made": timezone.localtime().isoformat(timespec="seconds"),
        "person": str(everything.person),
        "sections": [
            {"kind": one.kind, "title": one.title, "rows": one.rows} for one in everything.sections
        ],
    }
    return json.dumps(data, indent=1, ensure_ascii=False, default=_for_computers).encode()


def _for_computers(value: Any) -> str:
    """Dates and times as ISO 8601, in London's time; all else by its own words."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _for_people(everything: Everything) -> tuple[str, bytes]:
    context = {
        "person": everything.person,
        "chapters": chapters(everything.sections),
        "left_to_computers": only_for_computers(everything.sections),
        "today": timezone.localdate(),
    }
    large = everything.person.format == Person.Format.LARGE
    html = document_html(TEMPLATE, context, large_print=large)
    try:
        return "data.pdf", make_pdf([html], seconds=SECONDS)
    except PdfUnavailable:
        page = document_html(TEMPLATE, context, large_print=large, pdf=False)
        return "data.html", page.encode()
