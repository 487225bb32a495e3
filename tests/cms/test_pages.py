"""The public pages: what they show, how much they ask of the database, what goes with them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from cms import operations
from cms.models import (
    ContentPage,
    HomePage,
    LaunchPage,
    LocalGroup,
    MinutesPage,
    NewsIndexPage,
    NewsPage,
    PartnerActionsPage,
    Picture,
    ResultsPage,
)
from core.actors import SYSTEM
from tests.cms.conftest import ANSWERS

Lay = Callable[..., Any]
MOST_QUERIES = 12
MOST_BYTES = 150_000


def link(words: str, address: str) -> dict[str, Any]:
    return {"words": words, "page": None, "address": address}


def every_block(picture: Picture) -> str:
    """A body with one of each block."""
    shown = {"picture": picture.pk, "alt": "Heather on a hill", "caption": "In August"}
    card = {"icon": "house", "title": "One", "text": "A card.", "link": link("Go", "/one/")}
    values: dict[str, Any] = {
        "heading": "A heading",
        "text": "<p>Some <b>words</b>.</p>",
        "picture": shown,
        "feature": {
            "title": "Beside",
            "text": "<p>Words</p>",
            "picture": shown,
            "link": link("On", "/on/"),
            "picture_first": True,
        },
        "cards": {"title": "Ways", "cards": [card, card]},
        "quote": {"text": "It is ours.", "who": "Winifred", "role": "member"},
        "facts": {
            "title": "Facts",
            "facts": [{"number": "60", "label": "people"}] * 2,
            "note": "n",
        },
        "steps": {"title": "Steps", "steps": [{"title": "First", "text": "Ring."}] * 2},
        "questions": {"title": "Asked", "questions": [{"question": "Why?", "answer": "<p>So</p>"}]},
        "call": {"title": "Now", "text": "Do it.", "link": link("Ring", "tel:01632960200")},
    }
    return json.dumps([{"type": kind, "value": value} for kind, value in values.items()])


@pytest.fixture
def pages(home: HomePage, lay: Lay, picture: Picture, group: LocalGroup) -> dict[str, Any]:
    """One page of each type, each with one of every block and a picture."""
    body = every_block(picture)
    steps = json.dumps([block for block in json.loads(body) if block["type"] == "steps"])
    news = lay("News", NewsIndexPage, show_in_menus=True)
    care = lay("Our care", body=body, picture=picture, lead="At home.", show_in_menus=True)
    made = {
        "news": news,
        "article": lay("Bicycles", NewsPage, news, body=body, picture=picture, lead="Two."),
        "care": care,
        "child": lay("Prices", parent=care, body=body, picture=picture),
        "launch": lay("Upper Harrow", LaunchPage, group=group, body=body, next_steps=steps),
        "results": lay("Results", ResultsPage),
        "minutes": lay("Minutes", MinutesPage),
        "doing": lay("What partners do", PartnerActionsPage),
        "privacy": lay("Privacy"),
    }
    home.refresh_from_db()
    home.headline, home.lead, home.picture = "Ours", "Care.", picture
    home.actions = json.dumps([{"type": "link", "value": link("Join", "/members/join/")}])
    home.body = body
    made["home"] = operations.write_home(home=home, key="home", by=SYSTEM)
    return made


def test_every_page_asks_little_of_the_database_and_weighs_little(
    pages: dict[str, Any], client: Client
) -> None:
    for kind, page in pages.items():
        url = page.get_url()
        assert client.get(url).status_code == 200  # warm
        with CaptureQueriesContext(connection) as asked:
            response = client.get(url)
        assert len(asked) <= MOST_QUERIES, (kind, [query["sql"] for query in asked])
        assert weight(response.content.decode()) < MOST_BYTES, kind


def weight(page: str) -> int:
    """The page, its styles and its scripts, uncompressed."""
    files = set(re.findall(r'/static/([^"?]+\.(?:css|js))', page))
    assert any("site.css" in name for name in files)
    return len(page.encode()) + sum(Path(str(finders.find(n))).stat().st_size for n in files)


def test_the_news_list_asks_as_much_for_ten_as_for_one(
    pages: dict[str, Any], client: Client, lay: Lay, picture: Picture
) -> None:
    def queries() -> int:
        client.get("/news/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/news/")
        return len(asked)

    one = queries()
    for number in range(9):
        lay(f"Item {number}", NewsPage, pages["news"], picture=picture)
    assert queries() == one


def test_every_block_is_shown(pages: dict[str, Any], client: Client) -> None:
    page = client.get("/our-care/").content.decode()
    for words in (
        "<h2>A heading</h2>",
        "Some <b>words</b>",
        'alt="Heather on a hill"',
        "In August",
        "Winifred",
        "First",
        "Why?",
        'href="tel:01632960200"',
    ):
        assert words in page
    assert 'style="' not in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)


def test_a_public_page_sends_the_strict_content_policy(
    pages: dict[str, Any], client: Client
) -> None:
    policy = client.get("/our-care/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy


def test_pictures_come_in_webp_and_jpeg_and_are_made_on_save(
    picture: Picture, pages: dict[str, Any], client: Client
) -> None:
    specs = set(picture.renditions.values_list("filter_spec", flat=True))
    assert specs == {f"format-{f}|width-{w}" for f in ("webp", "jpeg") for w in (400, 800, 1200)}
    before = picture.renditions.count()
    page = client.get("/our-care/").content.decode()
    assert 'type="image/webp"' in page
    assert picture.renditions.count() == before, "no visitor waits for a picture to be made"
    address = re.search(r'/media/images/[^" ]+\.webp', page)
    assert address
    served = client.get(address[0])
    assert (served.status_code, served["Content-Type"]) == (200, "image/webp")
    assert "max-age" in served["Cache-Control"]


def test_originals_and_folders_have_no_address(picture: Picture, client: Client) -> None:
    assert client.get(f"/media/{picture.file.name}").status_code in (302, 404)
    for path in ("/media/images/", "/media/images/../original_images/", "/media/images/x.jpg"):
        assert client.get(path).status_code in (400, 404)


def test_the_menu_holds_marked_pages_and_the_foot_the_rest(
    pages: dict[str, Any], client: Client
) -> None:
    page = client.get("/our-care/").content.decode()
    header, footer = page.split("<main", 1)[0], page.split("<footer", 1)[1]
    assert 'href="/our-care/"' in header
    assert 'aria-current="page"' in header
    assert 'href="/privacy/"' not in header
    assert 'href="/privacy/"' in footer


def test_a_page_below_shows_where_it_is_and_is_shown_above(
    pages: dict[str, Any], client: Client
) -> None:
    below = client.get("/our-care/prices/").content.decode()
    crumbs = below.split('aria-label="Where you are"')[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', crumbs) == ["/", "/our-care/"]
    assert "Prices" in client.get("/our-care/").content.decode()


def test_unpublished_and_private_pages_are_nowhere(
    pages: dict[str, Any], client: Client, lay: Lay
) -> None:
    lay("Draft plans", show_in_menus=True).unpublish()
    secret = lay("Board only", show_in_menus=True, lead="Hush.")
    PageViewRestriction.objects.create(page=secret, restriction_type="login")
    inner = lay("Board paper", parent=secret)
    item = lay("Quiet news", NewsPage, pages["news"])
    PageViewRestriction.objects.create(page=item, restriction_type="login")
    assert client.get("/draft-plans/").status_code == 404
    for url in ("/", "/sitemap.xml", "/feed.xml", "/news/", "/our-care/"):
        page = client.get(url).content.decode()
        for words in ("draft-plans", "board-only", "board-paper", "quiet-news", "Hush"):
            assert words not in page, url
    assert client.get(inner.get_url())["Location"].startswith("/accounts/login/?next=")


def test_the_sitemap_lists_public_pages_at_the_address_it_was_asked_under(
    pages: dict[str, Any], client: Client
) -> None:
    response = client.get("/sitemap.xml", headers={"host": "localhost:8123"})
    root = ElementTree.fromstring(response.content)
    found = {node.text for node in root.iter() if node.tag.endswith("loc")}
    assert {p.get_url() for p in pages.values()} == {
        (loc or "").removeprefix("http://localhost:8123") for loc in found
    }


def test_the_feed_is_valid_rss_with_the_newest_first(
    pages: dict[str, Any], client: Client, lay: Lay
) -> None:
    lay("Old news", NewsPage, pages["news"], date="2020-01-02", lead="Long ago & far.")
    response = client.get("/feed.xml")
    assert response["Content-Type"].startswith("application/rss+xml")
    channel = ElementTree.fromstring(response.content).find("channel")
    assert channel is not None
    for required in ("title", "link", "description"):
        assert channel.findtext(required)
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == ["Bicycles", "Old news"]
    assert items[1].findtext("link") == "http://testserver/news/old-news/"
    assert items[1].findtext("guid") == items[1].findtext("link")
    assert items[1].findtext("pubDate") == "Thu, 02 Jan 2020 09:00:00 +0000"
    assert items[1].findtext("description") == "Long ago & far."


def test_robots_are_told_where_not_to_look(db: None, client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /editor/" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


def test_a_launch_page_counts_without_giving_anybody_away(
    pages: dict[str, Any], client: Client, group: LocalGroup
) -> None:
    for number in range(6):
        interests = ["need_care", "invest"] if number < 4 else ["need_care"]
        answers = ANSWERS | {"email": f"p{number}@example.org", "interests": interests}
        operations.enter_paper_interest(group=group, **answers, by=SYSTEM)
    page = client.get("/upper-harrow/").content.decode()
    counts = re.findall(r'tally-count">([^<]+)</span> ([^<]+)<', page)
    assert dict((words, count) for count, words in counts) == {
        "looking for care": "6",
        "would like to work as carers": "&lt;5",
        "would volunteer": "&lt;5",
        "might invest": "&lt;5",
        "organisations that might work together": "&lt;5",
    }
    assert "Ruth" not in page
    assert "QX7 6" not in page


def test_a_launch_page_of_a_group_that_has_ended_has_no_form(
    pages: dict[str, Any], client: Client, group: LocalGroup
) -> None:
    assert 'name="postcode"' in client.get("/upper-harrow/").content.decode()
    operations.move_group(group=group, stage="closed", by=SYSTEM)
    page = client.get("/upper-harrow/").content.decode()
    assert 'name="postcode"' not in page
    assert "not taking names" in page


def test_a_page_that_is_not_there_is_not_found_in_the_sites_own_look(
    db: None, client: Client
) -> None:
    for path in ("/atlantis/", "/our-care/nothing/", "/documents/1/x.pdf"):
        response = client.get(path)
        assert response.status_code == 404
        assert "site-header" in response.content.decode()


def test_laying_out_a_page_twice_changes_nothing_and_keeps_an_editors_words(
    lay: Lay, client: Client
) -> None:
    page = lay("About us", lead="First words.")
    page.lead = "An editor's words."
    page.save_revision().publish()
    again = lay("About us", lead="First words.")
    assert (again.pk, again.lead) == (page.pk, "An editor's words.")
    assert ContentPage.objects.count() == 1


def test_a_home_page_gets_its_first_words_once(home: HomePage) -> None:
    home.headline = "First"
    operations.write_home(home=home, key="home", by=SYSTEM)
    home.headline = "Second"
    assert operations.write_home(home=home, key="home", by=SYSTEM).headline == "First"


def test_a_fresh_installation_answers_at_its_front_door(db: None, client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Care, owned by the people" in page.content.decode()


@time_machine.travel("2026-03-03T12:00:00Z")
def test_news_is_dated_in_words(pages: dict[str, Any], client: Client, lay: Lay) -> None:
    lay("Today", NewsPage, pages["news"], author="Nasreen")
    page = client.get("/news/today/").content.decode()
    assert "Tuesday 3 March 2026, by Nasreen" in page


def test_new_contact_details_show_at_once(home: HomePage, client: Client) -> None:
    site = home.get_site()
    client.get("/")
    details = operations.describe_site(site=site, details={"phone": "01632 960 001"}, by=SYSTEM)
    assert "01632 960 001" in client.get("/").content.decode()
    details.phone = "01632 960 002"
    details.save()
    assert "01632 960 002" in client.get("/").content.decode()
    again = operations.describe_site(site=site, details={"phone": "0"}, by=SYSTEM)
    assert again.phone == "01632 960 002"
