"""A zip file that is the same to the byte for the same contents, so that any change shows."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

#: The oldest date that a zip file can say: a bundle tells nothing of when it was packed.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
#: What `zipfile` raises for bytes that are no zip file, or no longer quite one.
_UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)
MOST_BYTES = 200_000_000


class BundleError(ValueError):
    """This is no bundle. The message is a sentence that names what is wrong."""


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Path → contents, as a zip file: sorted, not compressed, without dates or owners."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, LONG_AGO)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, files[path])
    return buffer.getvalue()


#: What is packed is not opened: a small file can unpack to a huge one.
PACKED = (
    "is packed in another way than ours: it has been changed, or the bundle was unpacked and "
    "zipped again. Take the file as it was downloaded."
)


def read_archive(data: bytes) -> tuple[dict[str, bytes], list[str]]:
    """What is in a bundle, and what of it cannot be read, in sentences.

    Raises BundleError if it cannot be opened at all.
    """
    if len(data) > MOST_BYTES:
        raise BundleError("The bundle is larger than any bundle of ours.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _UNREADABLE:
        raise BundleError(
            "The container (the zip file itself) has been changed or is not whole: it cannot be "
            "opened."
        ) from None
    files: dict[str, bytes] = {}
    faults: list[str] = []
    with archive:
        for entry in archive.infolist():
            try:
                if entry.compress_type != zipfile.ZIP_STORED:
                    faults.append(f"{entry.filename} {PACKED}")
                    continue
                files[entry.filename] = archive.read(entry)
            except _UNREADABLE:
                faults.append(f"{entry.filename} has been changed: it cannot be read.")
    return files, faults


def container_fault(data: bytes, files: Mapping[str, bytes]) -> str:
    """Where the container differs from the one that these files make; empty if nowhere.

    It finds what no file's own hash covers: names twice, dates, comments, bytes in between.
    """
    whole = write_archive(files)
    if data == whole:
        return ""
    first = next(
        (at for at, (a, b) in enumerate(zip(data, whole, strict=False)) if a != b),
        min(len(data), len(whole)),
    )
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        near = [entry.filename for entry in archive.infolist() if entry.header_offset <= first]
        listing = archive.start_dir
    place = "in its list of files" if first >= listing or not near else f"at {near[-1]}"
    return f"The container (the zip file itself) has been changed {place}, at byte {first:,}."
