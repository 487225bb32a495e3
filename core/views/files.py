"""Opening a private file."""

from __future__ import annotations

import uuid
from typing import cast

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from core import audit
from core.actors import actor_of
from core.files import may_open
from core.models import PrivateFile, User


def private_file(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """A private file for those who may open it; for all others it does not exist."""
    kept = get_object_or_404(PrivateFile, pk=pk)
    if not may_open(cast(User, request.user), kept):
        raise Http404
    return file_response(request, kept)


def file_response(request: HttpRequest, kept: PrivateFile) -> FileResponse:
    """A private file for somebody of whom it is certain that they may open it."""
    audit.record(actor_of(request), "core.open_file", kept)
    response = FileResponse(
        kept.file.open("rb"), filename=kept.name, content_type=kept.content_type
    )
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
