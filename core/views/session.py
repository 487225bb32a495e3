"""Staying signed in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """ "Stay signed in" in the warning before the idle lock: being asked is enough."""
    return HttpResponse(status=204)
