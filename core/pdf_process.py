"""`python -m core.pdf_process`: HTML texts (a JSON list) on standard input, a PDF on standard out.

The only module that imports weasyprint, in a process of its own: it needs libraries that a bare
Debian lacks, takes seconds to load, and reads what other people wrote. Here it can reach nothing
but our own static files ("static:core/css/document.css") and data: addresses, connects to nothing,
writes no file, and dies when it wants too much memory.

Exit codes: MISSING (standard error names the Debian packages), TOO_LARGE, or 1 with the kind of
error and its place; what the document says is never printed.
"""

from __future__ import annotations

import ctypes
import json
import logging
import resource
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

try:
    import weasyprint
    from weasyprint.urls import URLFetcher, URLFetcherResponse
except (ImportError, OSError):  # cffi's complaint about a library is an OSError
    weasyprint = None
    URLFetcher = object

MISSING = 3
TOO_LARGE = 4
MEMORY = 2 * 1024**3

#: Debian package → the library in it that weasyprint loads.
LIBRARIES = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
ROOT = Path(__file__).resolve().parent.parent
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}


def main() -> int:
    sys.excepthook = _tell_kind_and_place
    logging.getLogger("weasyprint").addHandler(logging.NullHandler())
    if weasyprint is None:
        print(" ".join(missing_packages()), file=sys.stderr)  # noqa: T201
        return MISSING
    _fence()
    texts = json.load(sys.stdin.buffer)
    try:
        pdf = make(texts)
    except MemoryError:
        return TOO_LARGE
    sys.stdout.buffer.write(pdf)
    return 0


def make(texts: list[str]) -> bytes:
    """One PDF of several documents, each with its own page numbers; tagged for screen readers.

    PDF/UA-1 (ISO 14289-1). Whatever a document says of itself beside its title is left out, so
    that no name gets into the metadata.
    """
    options = {"pdf_variant": "pdf/ua-1"}
    documents = [
        weasyprint.HTML(string=text, url_fetcher=OursOnly()).render(**options) for text in texts
    ]
    whole = documents[0].copy([page for document in documents for page in document.pages])
    said = whole.metadata
    whole.metadata = type(said)(title=said.title, lang=said.lang)
    return bytes(whole.write_pdf(**options))


class OursOnly(URLFetcher):  # type: ignore[misc]
    """Opens our own static files and data: addresses; everything else is refused."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        scheme, _, name = url.partition(":")
        if scheme == "data":
            return super().fetch(url, headers)
        path = static_file(name) if scheme == "static" else None
        if path is None:
            raise ValueError("Only our own static files are opened.")
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})


def static_file(name: str) -> Path | None:
    """The static file of ours with this name ("core/css/document.css"), or None."""
    folder = (ROOT / name.partition("/")[0] / "static").resolve()
    path = (folder / name).resolve()
    ours = folder.is_relative_to(ROOT) and path.is_relative_to(folder)
    return path if ours and path.suffix in TYPES and path.is_file() else None


def missing_packages() -> list[str]:
    """The Debian packages whose library does not load; all of them when it is something else."""
    return [package for package, library in LIBRARIES.items() if not _loads(library)] or [
        *LIBRARIES
    ]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _fence() -> None:
    """From here on: no connection, no core dump, no more than MEMORY."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_no_connection)


def _no_connection(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        raise PermissionError("The PDF process makes no connection.")


def _tell_kind_and_place(
    kind: type[BaseException], _error: BaseException, trace: TracebackType | None
) -> None:
    """An error's own words may quote the document; its kind and place do not."""
    place = traceback.extract_tb(trace)[-1]
    print(f"{kind.__name__} at {Path(place.filename).name}:{place.lineno}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
