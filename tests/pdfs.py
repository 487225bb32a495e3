"""Looking into a PDF without a library: its streams hold both the objects and what is drawn."""

from __future__ import annotations

import re
import zlib
from ctypes.util import find_library

import pytest

#: Real PDFs need Pango from the system (docs/running.md), as the browser's tests need Chromium.
needs_pango = pytest.mark.skipif(find_library("pango-1.0") is None, reason="Pango is not installed")


def inside(pdf: bytes) -> str:
    """Everything in the PDF, unpacked: dictionaries, metadata, drawing."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found).decode("latin-1")


def pages(pdf: bytes) -> int:
    return len(re.findall(r"/Type /Page\b(?!s)", inside(pdf)))


def text_sizes(pdf: bytes) -> set[float]:
    """The sizes of all text, in points (drawn in pixels of 0.75 points)."""
    return {float(size) * 0.75 for size in re.findall(r"/\S+ ([\d.]+) Tf", inside(pdf))}
