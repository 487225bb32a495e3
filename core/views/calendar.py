"""Serving calendar feeds."""

from __future__ import annotations

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from core import audit, calendars, ratelimit
from core.actors import Actor
from core.models import CalendarToken
from core.models.audit import ReadWhy
from core.operations import digest_of


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A calendar feed by its secret address. Answers 304 without building when nothing changed."""
    if not ratelimit.allow("calendar", ratelimit.address_of(request), limit=120, seconds=60):
        return HttpResponse("Too many requests.\n", status=429, content_type="text/plain")
    token = CalendarToken.objects.filter(digest=digest_of(secret), revoked_at__isnull=True).first()
    feed = calendars.FEEDS.get(token.feed) if token else None
    if token is None or feed is None or not feed.allowed(token):
        raise Http404
    now = timezone.now()
    calendars.note_fetch(token, now)
    version = f"{token.pk}:{feed.version(token.owner_id)}:{now.date()}"
    etag = f'"{hashlib.sha256(version.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    body, subjects = cache.get(f"calendar:{etag}") or (b"", [])
    if not body:
        events = feed.events(token.owner_id, now - calendars.PAST, now + calendars.FUTURE)
        body = calendars.write(feed.title, events)
        subjects = [event.subject for event in events if event.subject is not None]
        cache.set(f"calendar:{etag}", (body, subjects), 3600)
    reader = Actor("feed", user=token.user)
    audit.record(reader, "core.fetch_calendar", token)
    audit.record_reading(reader, subjects, "visits", ReadWhy.FEED)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Last-Modified"] = http_date(now.timestamp())
    response["Cache-Control"] = "private, max-age=300"
    return response
