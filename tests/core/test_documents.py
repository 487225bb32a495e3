"""Documents: real PDFs that reach for nothing, a page to print where there are none, QR codes."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import segno
from django.test import RequestFactory

from core import pdf_process
from core.documents import (
    PdfUnavailable,
    document_html,
    make_pdf,
    pdf_response,
    print_page,
    qr_svg,
    render_pdf,
)
from tests.pdfs import inside, needs_pango, pages, text_sizes

LETTER = """{% extends "core/letter.html" %}
{% block title %}Welcome letter{% endblock %}
{% block date %}12 March 2026{% endblock %}
{% block text %}<h1>Welcome</h1><p>Dear Joan Quillfeather,</p>
{% for number in many %}<p>You hold share number {{ number }}.</p>{% endfor %}
{{ more|safe }}<p class="small">Keep this letter.</p>{% endblock %}"""

REGISTER = """{% extends "core/document.html" %}
{% block title %}Register of members{% endblock %}
{% block kind %}landscape{% endblock %}
{% block content %}<h1>Register</h1>{% table "Members" cards=True %}
<thead><tr><th scope="col">Number</th><th scope="col">Name</th></tr></thead>
<tbody>{% for number in many %}<tr><td data-label="Number">{{ number }}</td>
<td data-label="Name">Joan Quillfeather</td></tr>{% endfor %}</tbody>{% endtable %}{% endblock %}"""

CERTIFICATE = """{% extends "core/certificate.html" %}
{% block title %}Share certificate{% endblock %}
{% block heading %}Share certificate{% endblock %}
{% block text %}<p class="certificate-holder">Joan Quillfeather</p>{% endblock %}
{% block check %}{{ qr }}<p>Check it there.</p>{% endblock %}"""

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    '<rect width="9" height="9" fill="#123456"/></svg>'
)
COLOUR = "0.070588 0.203922 0.337255"


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings: Any) -> None:
    for name, text in (("letter", LETTER), ("register", REGISTER), ("certificate", CERTIFICATE)):
        (tmp_path / f"{name}.html").write_text(text)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]


@pytest.fixture
def weasyprint_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`weasyprint_is("raise OSError")`: what the child finds in the library's place."""

    def put(code: str) -> None:
        package = tmp_path / "stand_in" / "weasyprint"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(code)
        (package / "urls.py").write_text("URLFetcher = URLFetcherResponse = object")
        monkeypatch.setenv("PYTHONPATH", str(package.parent))

    return put


# --- The PDF -------------------------------------------------------------------------------------


@needs_pango
def test_a_letter_becomes_a_tagged_pdf_whose_metadata_names_only_its_kind() -> None:
    author = '<meta name="author" content="Joan Quillfeather">'
    html = document_html("letter.html", {"many": range(40)}).replace("<title>", f"{author}<title>")
    pdf = make_pdf([html])
    assert pdf.startswith(b"%PDF-1.7")
    assert pages(pdf) == 2
    text = inside(pdf)
    assert "/Title (Welcome letter)" in text
    assert "/Lang (en-GB)" in text
    assert "/Marked true" in text
    assert 'pdfuaid:part="1"' in text
    for said in ("/Author", "/Subject", "/Keywords", "dc:creator", "Quillfeather"):
        assert said not in text


@needs_pango
def test_a_register_lies_on_its_side_and_goes_on_over_pages() -> None:
    pdf = render_pdf("register.html", {"many": range(60)})
    assert pages(pdf) > 1
    assert "/MediaBox [0 0 841.88" in inside(pdf)


@needs_pango
@pytest.mark.parametrize("template", ["letter.html", "register.html", "certificate.html"])
def test_in_large_print_no_word_is_smaller_than_16_points(template: str) -> None:
    context = {"many": range(3), "qr": qr_svg("https://example.org")}
    large = text_sizes(render_pdf(template, context, large_print=True))
    assert round(min(large), 1) >= 16
    assert 'class="document' in document_html(template, context, large_print=True)


@needs_pango
def test_several_documents_become_one_pdf() -> None:
    letters = [
        document_html("letter.html", {"many": range(40)}),
        document_html("letter.html", {"many": range(3)}, large_print=True),
    ]
    pdf = make_pdf(letters)
    assert pages(pdf) == 3
    assert "/Title (Welcome letter)" in inside(pdf)


@needs_pango
def test_the_qr_code_in_a_pdf_says_what_it_is_for() -> None:
    code = qr_svg("https://example.org/check/7F3K", label="Check this certificate")
    pdf = render_pdf("certificate.html", {"qr": code})
    assert pages(pdf) == 1
    assert "/Alt (Check this certificate)" in inside(pdf)


@needs_pango
def test_a_document_opens_no_address_and_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(DRAWING)
    called: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: called.append(server.accept()), daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        more = "".join(
            f'<link rel="stylesheet" href="{base}/a.css"><img alt="A" src="{base}/secret.svg">'
            f'<link rel="attachment" href="{base}/secret.svg">'
            f'<style>@import "{base}/b.css"; @font-face {{ font-family: x; src: url({base}/x) }}'
            f"p {{ font-family: x; background: url({base}/secret.svg) }}</style>"
            for base in (address, tmp_path.as_uri(), "static:core/../../..", str(tmp_path))
        )
        pdf = render_pdf("letter.html", {"more": more})
    assert pages(pdf) == 1
    assert called == []
    assert "EmbeddedFile" not in inside(pdf)
    assert COLOUR not in inside(pdf)
    as_data = f'<img alt="A" src="data:image/svg+xml,{quote(DRAWING)}">'
    assert COLOUR in inside(render_pdf("letter.html", {"more": as_data}))


@pytest.mark.parametrize(
    "name",
    [
        "core/../settings.py",
        "core/../../pyproject.toml",
        "../main/core/static/core/css/base.css",
        "/etc/passwd",
        "config/settings.py",
        "core/css",
        "core/js/idle.js",
        "",
    ],
)
def test_only_our_own_pictures_and_style_sheets_are_static_files(name: str) -> None:
    assert pdf_process.static_file(name) is None
    assert pdf_process.static_file("core/css/document.css") is not None


# --- Where it cannot be made ---------------------------------------------------------------------


def test_without_its_libraries_the_packages_to_install_are_named(
    weasyprint_is: Callable[[str], None],
) -> None:
    weasyprint_is("raise OSError('cannot load library libpango')")
    with pytest.raises(PdfUnavailable) as caught:
        render_pdf("letter.html", {})
    assert set(caught.value.missing) <= set(pdf_process.LIBRARIES)
    assert caught.value.missing


def test_a_library_that_does_not_load_is_the_one_that_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf_process, "LIBRARIES", {"libc6": "libc.so.6", "libx": "libno-such.so"})
    assert pdf_process.missing_packages() == ["libx"]


def test_then_the_same_document_comes_as_a_page_to_print(
    weasyprint_is: Callable[[str], None], rf: RequestFactory
) -> None:
    weasyprint_is("raise OSError('cannot load library libpango')")
    request = rf.get("/", headers={"referer": "http://testserver/register/"})
    response = pdf_response(request, "letter.html", {"many": range(3)}, "welcome.pdf")
    page = response.content.decode()
    assert response["Content-Type"].startswith("text/html")
    assert response["Cache-Control"] == "no-store"
    assert "Dear Joan Quillfeather" in page
    assert "PDFs cannot be made on this computer yet." in page
    assert re.search(r"install the Debian packages\s+<code>libpango", page)
    assert 'href="http://testserver/register/"' in page


@pytest.mark.parametrize(
    "dies",
    [
        "def HTML(**_): bytearray(4 * 1024 ** 3)",
        "import os\ndef HTML(**_): os.abort()",
        "import time\ndef HTML(**_): time.sleep(60)",
    ],
    ids=["wants too much memory", "a library aborts", "takes too long"],
)
def test_a_document_that_is_too_much_is_left_to_the_browser(
    weasyprint_is: Callable[[str], None], dies: str
) -> None:
    weasyprint_is(dies)
    with pytest.raises(PdfUnavailable, match="too long") as caught:
        render_pdf("letter.html", {}, seconds=2)
    assert caught.value.missing == ()


def test_a_fault_names_its_kind_and_place_and_not_what_the_document_says(
    weasyprint_is: Callable[[str], None],
) -> None:
    weasyprint_is("def HTML(string, **_): raise ValueError(string)")
    with pytest.raises(RuntimeError, match=r"ValueError at __init__\.py:1") as caught:
        render_pdf("letter.html", {})
    assert "Quillfeather" not in str(caught.value)


@pytest.mark.parametrize(
    ("tries", "fault"),
    [
        ("import socket\ndef HTML(**_): socket.create_connection(('127.0.0.1', 9))", "Permission"),
        ("import os\ndef HTML(**_): os.environ['DATABASE_URL']", "KeyError"),
    ],
    ids=["connects", "reads our secrets"],
)
def test_the_process_that_makes_pdfs_is_fenced_in(
    weasyprint_is: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tries: str,
    fault: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    weasyprint_is(tries)
    with pytest.raises(RuntimeError, match=fault):
        render_pdf("letter.html", {})


# --- Answers -------------------------------------------------------------------------------------


@needs_pango
def test_a_pdf_is_downloaded_and_never_stored(rf: RequestFactory) -> None:
    response = pdf_response(rf.get("/"), "letter.html", {}, "welcome.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="welcome.pdf"'
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith(b"%PDF-")


def test_a_page_to_print_names_nobody_in_its_title_and_runs_under_the_content_policy(
    rf: RequestFactory,
) -> None:
    where = {"address": "Joan Quillfeather\nKerr & Son's Yard"}
    response = print_page(rf.get("/"), "letter.html", where, large_print=True)
    page = response.content.decode()
    assert "Joan Quillfeather<br>Kerr &amp; Son&#x27;s Yard" in page
    assert response["Cache-Control"] == "no-store"
    assert "<title>Welcome letter</title>" in page
    assert re.search(r'<body class="document letter print-large"', page)
    assert 'href="static/core/css/document.css"' in page.replace("/static", "static")
    assert "static:" not in page
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)", page)
    assert "Debian" not in page


# --- QR codes ------------------------------------------------------------------------------------


def drawn(svg: str) -> list[list[int]]:
    """The squares of a QR code, read back from the strokes of its drawing, without the margin."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    grid = [[0] * side for _ in range(side)]
    x = y = 0.0
    strokes = re.search(r'stroke="#000" d="([^"]+)"', svg)[1]
    for move, dx, dy, length in re.findall(r"([Mm])(-?\d+) (-?[\d.]+)h(\d+)", strokes):
        x, y = (float(dx), float(dy)) if move == "M" else (x + float(dx), y + float(dy))
        for column in range(int(x), int(x) + int(length)):
            grid[int(y)][column] = 1
        x += float(length)
    return [row[4:-4] for row in grid[4:-4]]


@pytest.mark.parametrize("text", ["https://weft.example.org/check/7F3K-9QWD", "Łukasz £1"])
def test_a_qr_code_holds_the_text(text: str) -> None:
    wanted = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    assert drawn(qr_svg(text)) == wanted


def test_a_qr_code_is_a_picture_with_a_name() -> None:
    svg = qr_svg("x", label='Check "this" <certificate>')
    assert svg.startswith('<svg role="img" ')
    assert unescape(re.search("<title>(.*?)</title>", svg)[1]) == 'Check "this" <certificate>'
    assert "<certificate>" not in svg
    assert "style" not in svg
