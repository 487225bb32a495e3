"""Private files: only what we keep, only for those who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import files
from core.actors import SYSTEM
from core.errors import RuleError
from core.models import AuditLine, PrivateFile, User
from core.operations import keep_file

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n...\n%%EOF"


def keep(content: bytes = PDF, name: str = "Joan Dyson letter.pdf") -> PrivateFile:
    upload = SimpleUploadedFile(name, content, content_type="application/pdf")
    return keep_file(upload=upload, owner_kind="test", owner_id=1, by=SYSTEM)


@pytest.fixture(autouse=True)
def _secretary_reads(secretary: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(files.READERS, "test", lambda user, _file: user == secretary)


def test_a_file_opens_for_those_who_may_and_is_never_stored_by_a_browser(
    secretary: User, signed_in: Callable[[User], Client]
) -> None:
    kept = keep()
    response = signed_in(secretary).get(f"/files/{kept.pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/pdf"
    assert AuditLine.objects.filter(action="core.open_file", object_id=str(kept.pk)).exists()


def test_for_others_the_file_does_not_exist(
    treasurer: User, signed_in: Callable[[User], Client], client: Client
) -> None:
    kept = keep()
    assert signed_in(treasurer).get(f"/files/{kept.pk}/").status_code == 404
    assert client.get(f"/files/{kept.pk}/").status_code == 302


def test_its_place_on_disk_does_not_give_away_whose_it_is() -> None:
    kept = keep()
    assert "Joan" not in kept.file.name
    assert not Path(kept.file.path).is_relative_to(settings.MEDIA_ROOT)


def test_no_other_account_on_the_server_can_read_it() -> None:
    path = Path(keep().file.path)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content", [b"MZ\x90\x00 a program", b"<html><script>alert(1)</script>", b"", b"GIF89a"]
)
def test_anything_but_a_pdf_or_picture_is_refused_whatever_it_calls_itself(
    content: bytes,
) -> None:
    with pytest.raises(RuleError, match="PDF, JPEG or PNG"):
        keep(content)
    assert not PrivateFile.objects.exists()


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.operations.MAX_BYTES", 10)
    with pytest.raises(RuleError, match="larger than"):
        keep()
