"""Staying signed in, and forms that are no longer this session's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.csrf import csrf_failure
from django.views.decorators.http import require_POST

#: In the session of somebody who acts for somebody else now than they did before while signed in.
CHANGED_SUBJECT = "changed_subject"
#: What it says: they chose so themselves, or what let them act for somebody has ended.
CHOSE, ENDED = "chose", "ended"
_NOT_SHOWN = {"csrfmiddlewaretoken", "seen", "code"}


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """ "Stay signed in" in the warning before the idle lock: being asked is enough."""
    return HttpResponse(status=204)


def form_not_taken(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came whose token counts no longer: nothing was saved.

    Where the reader acts for somebody else since the page was opened, it says how that came, and
    gives back what was typed.
    """
    changed = request.session.get(CHANGED_SUBJECT)
    if not changed:
        return csrf_failure(request, reason)
    typed = [
        (name.replace("_", " ").capitalize(), " / ".join(filter(None, values)))
        for name, values in request.POST.lists()
        if any(values) and name not in _NOT_SHOWN and "password" not in name
    ]
    context = {"typed": typed, "ended": changed == ENDED}
    return render(request, "core/form_not_taken.html", context, status=409)
