"""The frame of every page. The function that has a text escapes it."""

from html import escape
from pathlib import Path
from string import Template

_HERE = Path(__file__).parent
_FRAME = Template((_HERE / "frame.html").read_text(encoding="utf-8"))
_STYLE = (_HERE / "style.css").read_text(encoding="utf-8")

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""No `form-action`: paying ends with a redirect to whichever site asked for the payment."""


def framed(title: str, body: str, *, wide: bool = False) -> str:
    return _FRAME.substitute(
        title=escape(f"{title} – payment sandbox"),
        style=_STYLE,
        width="wide" if wide else "narrow",
        body=body,
    )


def error_box(message: str | None) -> str:
    return f'<p class="error" role="alert">{escape(message)}</p>' if message else ""
