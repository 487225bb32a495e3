"""Who somebody is acting for, looked up anew for every request."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from core.views.session import form_not_taken
from members.acting import SESSION_KEY, NotCovered, Scope, stop_for_want_of_authority
from members.models import Authority

Handler = Callable[[HttpRequest], HttpResponseBase]

#: Where staff work without a view of ours that asks for a right: the editor of the website.
#: What one does there is done in one's own name: a vote, a signature, a remark, work for the site.
_OWN_NAME = ("/editor/", "/meetings/")
_IN_WORDS = {
    Scope.MEMBERSHIP: "matters of membership",
    Scope.MONEY: "money",
    Scope.CARE: "health and care",
}


def acting_for(get_response: Handler) -> Handler:
    """Sets `request.acting_for` (an id of members.Person) and `request.acting_for_name`.

    Both are None unless the reader chose somebody and an authority to act for them holds today.
    Nothing that was filled in under one that has ended is saved. A page that the authority does not
    cover says so.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.acting_for = request.acting_for_name = None  # type: ignore[attr-defined]
        if request.user.is_authenticated and SESSION_KEY in request.session:
            held = Authority.objects.active_on(timezone.localdate()).filter(
                person=request.session[SESSION_KEY], by__user=request.user
            )
            authority = held.select_related("person").first()
            if authority is None:
                stop_for_want_of_authority(request)
                if request.method == "POST":
                    return form_not_taken(request)
                messages.info(request, "You no longer act for anybody: that authority has ended.")
            else:
                request.acting_for = authority.person_id  # type: ignore[attr-defined]
                request.acting_for_name = str(authority.person)  # type: ignore[attr-defined]
                if request.path.startswith(_OWN_NAME):
                    return render(request, "core/closed_while_acting.html", status=403)
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotCovered):
            matter = _IN_WORDS[Scope(error.scope)]
            return render(request, "members/not_covered.html", {"matter": matter}, status=403)
        return None

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
