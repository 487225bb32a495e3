"""Staying signed in, and forms that are no longer this session's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.csrf import csrf_failure
from django.views.decorators.http import require_POST

#: In the session of who has changed, while signed in, for whom they act.
CHANGED_SUBJECT = "changed_subject"
_NOT_SHOWN = {"csrfmiddlewaretoken", "seen", "code"}


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """ "Stay signed in" in the warning before the idle lock: being asked is enough."""
    return HttpResponse(status=204)


def form_not_taken(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came whose token counts no longer: nothing was saved.

    Where the reader has changed for whom they act since the page was opened, it says so, and gives
    back what was typed.
    """
    if not request.session.get(CHANGED_SUBJECT):
        return csrf_failure(request, reason)
    typed = [
        (name.replace("_", " ").capitalize(), " / ".join(filter(None, values)))
        for name, values in request.POST.lists()
        if any(values) and name not in _NOT_SHOWN and "password" not in name
    ]
    return render(request, "core/form_not_taken.html", {"typed": typed}, status=409)
