"""/ui/ shows every component in every shell; the tags and filters say what they should."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory
from djmoney.money import Money

from cms.models import ContentPage, HomePage
from core.gallery import SHELLS, SampleJob
from core.templatetags import weft

ROOT = Path(settings.BASE_DIR)
CSS = sorted((ROOT / "core/static/core/css").glob("*.css"))


def rendered(template: str, **context: object) -> str:
    return re.sub(r"\s+", " ", Template(template).render(Context(context))).strip()


@pytest.mark.django_db
@pytest.mark.parametrize("shell", SHELLS)
def test_the_gallery_opens_in_every_shell(client: Client, shell: str) -> None:
    response = client.get("/ui/", {"shell": shell})
    page = response.content.decode()
    assert response.status_code == 200
    assert f'class="shell-{shell} ' in page
    assert page.count("<h1>") == 1
    assert page.count("<main") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("shell", SHELLS)
def test_the_gallery_opens_in_every_shell_where_the_public_menu_is_long(
    client: Client, shell: str
) -> None:
    home = HomePage.objects.get()
    for n in range(5):
        home.add_child(instance=ContentPage(title=f"Page {n}", show_in_menus=True))
    page = client.get("/ui/", {"shell": shell})
    assert page.status_code == 200
    assert "Page 2" in page.content.decode()


@pytest.mark.django_db
def test_a_shell_that_does_not_exist_falls_back_to_the_public_one(client: Client) -> None:
    assert 'class="shell-public ' in client.get("/ui/?shell=../../etc").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("shell", SHELLS)
def test_no_page_carries_inline_style_or_script_or_the_same_id_twice(
    client: Client, shell: str
) -> None:
    page = client.get("/ui/", {"shell": shell}).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert not re.findall(r"<script(?![^>]*\bsrc=)", page)
    assert not re.findall(r"\son[a-z]+=", page)
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert [name for name, count in ids.items() if count > 1] == []


@pytest.mark.django_db
def test_every_link_to_a_place_on_the_page_and_every_description_has_its_target(
    client: Client,
) -> None:
    page = client.get("/ui/").content.decode()
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    pointed = re.findall(r'href="#([^"]+)"|for="([^"]+)"', page)
    assert {name for pair in pointed for name in pair if name} <= ids
    described = re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', page)
    assert {name for names in described for name in names.split()} <= ids


def test_every_stylesheet_is_loaded_and_keeps_to_a_layer() -> None:
    """A document's own sheet is no page's: it is the last word on paper, in no layer."""
    assets = (ROOT / "core/templates/core/includes/assets.html").read_text()
    assert "core/css/document.css" in (ROOT / "core/templates/core/document.html").read_text()
    for path in CSS:
        if path.name == "document.css":
            continue
        assert f"core/css/{path.name}" in assets
        assert path.read_text().count("@layer") >= 1
        outside = re.sub(
            r"@layer [a-z]+ \{.*\n\}|@layer [a-z, ]+;|/\*.*?\*/",
            "",
            path.read_text(),
            flags=re.DOTALL,
        )
        assert outside.strip() == "", path.name


def test_every_colour_that_is_used_is_a_token() -> None:
    text = "".join(path.read_text() for path in CSS)
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", text))
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", text))
    assert used <= defined


def test_the_stylesheets_ask_nobody_else_for_anything() -> None:
    for path in CSS:
        assert "http" not in path.read_text().replace('href^="http"', "")
        assert "@import" not in path.read_text()


# --- Words for values -----------------------------------------------------------------------------


def test_dates_and_times_are_written_out_in_londons_time() -> None:
    summer = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)
    assert weft.longdate(dt.date(2026, 3, 3)) == "Tuesday 3 March 2026"
    assert weft.shortdate(dt.date(2026, 3, 3)) == "Tue 3 Mar"
    assert weft.longdate(summer) == "Thursday 2 July 2026"
    assert weft.clock(summer) == "00:30"
    assert weft.clock(dt.time(9, 5)) == "09:05"
    assert weft.clock(dt.time(0, 0)) == "00:00"
    assert weft.longdate(None) == weft.shortdate(None) == weft.clock(None) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Money("1234.5", "GBP"), "£1,234.50"),
        (Decimal("0.1"), "£0.10"),
        (123450, "£1,234.50"),
        (7, "£0.07"),
        (0, "£0.00"),
        (-250, "\u2212£2.50"),
        (None, ""),
    ],
)
def test_money_is_shown_in_pounds_and_pence(value: object, text: str) -> None:
    assert weft.pounds(value) == text  # type: ignore[arg-type]


def test_a_count_agrees_with_its_noun() -> None:
    assert weft.plural_count(1, "member") == "1 member"
    assert weft.plural_count(0, "member") == "0 members"
    assert weft.plural_count(1200, "person,people") == "1,200 people"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18 Safari/604.1", "Safari on an iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8", "A browser"),
    ],
)
def test_a_device_is_named_in_words(said: str, name: str) -> None:
    assert weft.browser(said) == name


# --- Tags -----------------------------------------------------------------------------------------


def test_an_icon_is_hidden_from_screen_readers_and_an_unknown_one_is_a_mistake() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "calendar" %}')
    with pytest.raises(Exception, match="does not exist"):
        rendered('{% icon "no-such-icon" %}')


def test_a_button_submits_opens_or_leads_on() -> None:
    assert 'type="submit"' in rendered('{% button "Save" %}')
    assert 'type="button" data-opens="sure"' in rendered('{% button "Ask" opens="sure" %}')
    link = rendered('{% button "Next" href="/x" kind="secondary large" %}')
    assert link.startswith('<a class="button button-secondary button-large" href="/x">')


def test_a_state_has_words_a_sign_and_a_colour() -> None:
    html = rendered('{% tag "Waiting" "warn" %}')
    assert "tone-warn" in html
    assert "<svg" in html
    assert "Waiting" in html
    with pytest.raises(KeyError):
        rendered('{% tag "Waiting" "purple" %}')


def test_initials_come_from_the_first_and_the_last_name() -> None:
    assert ">AW<" in rendered('{% avatar "Ann Mary Whitwam" %}')
    assert ">C<" in rendered('{% avatar "Cher" %}')
    assert ">?<" in rendered('{% avatar "" %}')


def test_what_a_page_puts_into_a_component_is_escaped() -> None:
    html = rendered(
        "{% card title=bad %}{{ bad }}{% endcard %}"
        "{% notice 'info' title=bad %}{{ bad }}{% endnotice %}"
        "{% button bad %}{% tag bad %}{% row bad %}{{ bad }}{% endrow %}{% avatar bad %}"
        "{% page_header bad lead=bad %}{% endpage_header %}{% stat bad bad hint=bad %}",
        bad="<script>x</script>",
    )
    assert "<script>" not in html


def test_a_page_header_without_acts_has_no_empty_box_for_them() -> None:
    html = rendered('{% page_header "Title" %} {% endpage_header %}')
    assert "<h1>Title</h1>" in html
    assert "buttons" not in html


def test_crumbs_come_in_pairs() -> None:
    html = rendered('{% crumbs "Register" "/r" "Classes" "/c" %}')
    assert html.index("/r") < html.index("/c")
    with pytest.raises(TemplateSyntaxError, match="pairs"):
        rendered('{% crumbs "Register" %}')


def test_pages_keep_the_rest_of_the_question() -> None:
    request = RequestFactory().get("/list/?q=ann&page=2")
    page = Paginator(range(30), 10).page(2)
    html = rendered("{% pagination page %}", page=page, request=request)
    assert 'href="?q=ann&amp;page=3"' in html
    assert 'aria-current="page"><span class="visually-hidden">Page </span>2</a>' in html
    assert "11 to 20 of 30" in html


def test_a_single_page_needs_no_links() -> None:
    request = RequestFactory().get("/list/")
    page = Paginator(range(3), 10).page(1)
    assert rendered("{% pagination page %}", page=page, request=request) == ""


def test_a_bar_asks_again_only_while_the_work_goes_on() -> None:
    running = SampleJob("Running", 40, "Half way")
    over = SampleJob("Done", 100, "Ready", is_over=True)
    assert 'hx-get="/job/" hx-trigger="every 2s"' in rendered(
        '{% progress job url="/job/" %}', job=running
    )
    assert "hx-get" not in rendered('{% progress job url="/job/" %}', job=over)
    assert "hx-get" not in rendered("{% progress job %}", job=running)


def test_at_most_four_stand_at_the_bottom_of_a_phone() -> None:
    items = [
        {"label": str(n), "url": f"/{n}", "icon": "house", "current": n == 5} for n in range(6)
    ]
    assert weft.bottom_items(items[:4]) == items[:4]
    bar = weft.bottom_items(items)
    assert [item["label"] for item in bar] == ["0", "1", "2", "More"]
    assert bar[-1]["url"] == "#all-pages"
    assert bar[-1]["current"] is True


# --- Error and sign-in pages ----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_page_that_does_not_exist_says_so_and_leads_on(client: Client) -> None:
    response = client.get("/there/is/no/such/page/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_renders_with_nothing_to_go_on(name: str) -> None:
    from django.template.loader import get_template

    page = get_template(name).render()
    assert page.count("<h1>") == 1
    assert "–" not in page.split("<title>")[1].split("</title>")[0]
    assert re.search(r"<h2[^>]*>\s*</h2>", page) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/accounts/login/", "Sign in"),
        ("/accounts/login/code/", "We will e-mail you a code"),
        ("/accounts/password/reset/", "Forgotten your password?"),
    ],
)
def test_the_doors_to_sign_in_look_like_ours(client: Client, path: str, heading: str) -> None:
    page = client.get(path).content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert " style=" not in page
    # allauth's settings for its scripts are data, which the browser never runs.
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    assert all('type="application/json"' in tag for tag in inline)
