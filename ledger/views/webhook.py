"""Where Stripe tells us that something happened."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.actors import SYSTEM
from ledger import gateway, operations

#: Far more than any event of Stripe's, in bytes.
LARGEST = 512 * 1024


@csrf_exempt
@login_not_required
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Keep what Stripe tells by its id, and answer at once; a task looks what it is about.

    Only what one of our secrets signed within the last minutes, and of the kind of our key (test
    or live), is kept. Told twice, it is kept once. Nothing of its content is believed.
    """
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse("Too large.\n", status=413, content_type="text/plain")
    try:
        heard = gateway.heard(body, request.headers.get("Stripe-Signature", ""))
    except gateway.ForgedError:
        return HttpResponse("Not taken.\n", status=400, content_type="text/plain")
    if heard.live != gateway.is_live():
        return HttpResponse("Not our kind of key.\n", status=400, content_type="text/plain")
    operations.record_event(heard=heard, by=SYSTEM)
    return HttpResponse("Taken.\n", content_type="text/plain")
