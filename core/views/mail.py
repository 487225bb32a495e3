"""Mail that has not gone out, and trying it again."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from core.actors import actor_of
from core.models import OutboxMessage
from core.operations import send_again
from core.registry import requires


@requires("core.keep_mail")
def unsent_mail(request: HttpRequest) -> HttpResponse:
    """What waits in the outbox, and what was given up, without its text."""
    unsent = OutboxMessage.objects.not_sent().defer("text")
    page = Paginator(unsent, 50).get_page(request.GET.get("page"))
    return render(request, "core/unsent_mail.html", {"page": page})


@requires("core.keep_mail")
@require_POST
def mail_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one message again that was given up."""
    message = get_object_or_404(OutboxMessage, pk=pk)
    send_again(message=message, by=actor_of(request))
    messages.success(request, "We are trying that message again.")
    return redirect("core:unsent_mail")
