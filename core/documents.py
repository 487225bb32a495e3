"""Documents on paper: a template becomes a PDF, or a page to print where PDFs cannot be made.

Templates extend core/document.html, core/letter.html or core/certificate.html and get, beside
their own context, `society_name`, `site_url`, `help_phone`, `help_email`, `large_print` and `pdf`
(true while the PDF is made). They have no request, so that the PDF and the page are the same.
The title says what kind of document it is and names nobody: it is the PDF's metadata.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent
#: The design system's style sheets that say something about a document.
STYLES = [
    "tokens",
    "reset",
    "base",
    "layout",
    "feedback",
    "lists",
    "tables",
    "utilities",
    "print",
    "document",
]
#: All that the PDF process gets of our environment: no key, no password, no database address.
ENVIRONMENT = ("PATH", "HOME", "LANG", "PYTHONPATH", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "TZ")
#: The exit codes of core.pdf_process, which nothing else may import.
_MISSING, _TOO_LARGE = 3, 4


class PdfUnavailable(Exception):  # noqa: N818  a state of this computer, not a fault
    """No PDF can be made of this here; the message is a sentence for a person.

    `missing` are the Debian packages to install, where that is the reason.
    """

    def __init__(self, message: str, missing: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.missing = tuple(missing)


def document_html(
    template: str, context: Mapping[str, Any], *, large_print: bool = False, pdf: bool = True
) -> str:
    """The document as HTML: for `make_pdf`, or with pdf=False as a page for the browser."""
    return render_to_string(template, dict(context) | _known(large_print, pdf))


def _known(large_print: bool, pdf: bool) -> dict[str, Any]:
    return {
        "society_name": settings.SOCIETY_NAME,
        "site_url": settings.SITE_URL,
        "help_phone": settings.HELP_PHONE,
        "help_email": settings.HELP_EMAIL,
        "large_print": large_print,
        "pdf": pdf,
        "styles": [f"static:core/css/{name}.css" for name in STYLES],
    }


def render_pdf(
    template: str, context: Mapping[str, Any], *, large_print: bool = False, seconds: int = 60
) -> bytes:
    """The document as a PDF (A4, tagged PDF/UA-1, British English). Raises PdfUnavailable.

    large_print: everything at 16 points or more. It takes about three seconds, and one more for
    each hundred rows of a long table: long ones belong in a task.
    """
    return make_pdf([document_html(template, context, large_print=large_print)], seconds=seconds)


def make_pdf(documents: Sequence[str], *, seconds: int = 60) -> bytes:
    """One PDF of several documents (from `document_html`), each numbered from its own page 1.

    The first one's title is the PDF's. Raises PdfUnavailable.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core.pdf_process"],
            input=json.dumps(list(documents)).encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
            cwd=ROOT,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
        )
    except subprocess.TimeoutExpired:
        raise _too_long(f"it took more than {seconds} seconds") from None
    said = done.stderr.decode(errors="replace")
    if done.returncode == _MISSING:
        missing = said.split()
        log.warning("No PDF could be made. Packages to install: %s", " ".join(missing))
        raise PdfUnavailable("PDFs cannot be made on this computer yet.", missing)
    if done.returncode == _TOO_LARGE or done.returncode < 0:  # a library's own death, by signal
        raise _too_long(f"the PDF process ended with {done.returncode}")
    if done.returncode:
        raise RuntimeError(f"The PDF process failed: {said.strip().splitlines()[-1:]}")
    return done.stdout


def _too_long(why: str) -> PdfUnavailable:
    log.warning("No PDF was made: %s", why)
    return PdfUnavailable("This document is too long to be made into a PDF here.")


def pdf_response(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    filename: str,
    *,
    large_print: bool = False,
    seconds: int = 60,
) -> HttpResponse:
    """The PDF as a download, never stored; where it cannot be made, the same document to print.

    The file's name goes into histories and on disks: it names a kind of document, not a person.
    """
    try:
        pdf = render_pdf(template, context, large_print=large_print, seconds=seconds)
    except PdfUnavailable as unavailable:
        return print_page(
            request, template, context, large_print=large_print, unavailable=unavailable
        )
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = str(content_disposition_header(True, filename))
    response["Cache-Control"] = "no-store"
    return response


def print_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    large_print: bool = False,
    unavailable: PdfUnavailable | None = None,
) -> HttpResponse:
    """The document as a page to print from the browser, with a way back to where one came from."""
    around = {"unavailable": unavailable, "back": request.headers.get("referer", "")}
    page = document_html(template, around | dict(context), large_print=large_print, pdf=False)
    response = HttpResponse(page)
    response["Cache-Control"] = "no-store"
    return response


def qr_svg(text: str, *, label: str = "QR code") -> SafeString:
    """The text as a QR code in SVG, to put into a page or document as it is (15 % may be damaged).

    `label` is what it is for somebody who does not see it: say where it leads. Whoever holds a
    telephone to the paper reads the text: it holds nothing personal.
    """
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(
        omitsize=True, svgclass="qr-code", lineclass=None, light="#fff", title=label
    )
    return mark_safe(svg.replace("<svg ", '<svg role="img" ', 1))  # noqa: S308  escaped by segno
