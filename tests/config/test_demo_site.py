"""The demo society's website, as it is laid out for a newcomer."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, Revision

from cms.models import InterestRegistration, Picture
from config.demo import cms
from config.demo.world import make_world
from core.models import AuditLine, OutboxMessage

#: Addresses that other parts of the demo make.
ELSEWHERE = ("/members/", "/accounts/", "/demo/", "/static/", "/media/", "/feed.xml")


def rows() -> list[int]:
    tables = (Page, Revision, Picture, InterestRegistration, OutboxMessage, AuditLine)
    return [table.objects.count() for table in tables]


@pytest.mark.django_db
def test_the_demo_site_is_laid_out_once_and_all_its_links_lead_somewhere(client: Client) -> None:
    world = make_world(timezone.localdate())
    cms.build(world)
    before = rows()
    cms.build(world)
    assert rows() == before, "building a second time changes nothing"

    seen, waiting = set(), ["/"]
    while waiting:
        url = waiting.pop()
        if url in seen or url.startswith(ELSEWHERE):
            continue
        seen.add(url)
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(url)
        assert response.status_code == 200, url
        assert len(asked) <= 12, url
        text = response.content.decode()
        assert not re.search(r"\[\[|lorem|TODO", text, re.IGNORECASE), url
        assert not re.search(r"<img(?![^>]* alt=)", text), url
        waiting += re.findall(r'href="(/[^"#?]*)', text)
    assert len(seen) >= 18
    assert {"/new-co-ops/upper-harrow/", "/how-we-are-run/results/", "/accessibility/"} <= seen
