"""Who somebody is acting for, looked up anew for every request."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from members.acting import SESSION_KEY
from members.models import Authority

Handler = Callable[[HttpRequest], HttpResponseBase]


def acting_for(get_response: Handler) -> Handler:
    """Sets `request.acting_for` (an id of members.Person) and `request.acting_for_name`.

    Both are None unless the reader chose somebody and an authority to act for them holds today.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.acting_for = request.acting_for_name = None  # type: ignore[attr-defined]
        if request.user.is_authenticated and SESSION_KEY in request.session:
            held = Authority.objects.active_on(timezone.localdate()).filter(
                person=request.session[SESSION_KEY], by__user=request.user
            )
            authority = held.select_related("person").first()
            if authority is None:
                del request.session[SESSION_KEY]
                messages.info(request, "You no longer act for anybody: that authority has ended.")
            else:
                request.acting_for = authority.person_id  # type: ignore[attr-defined]
                request.acting_for_name = str(authority.person)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
