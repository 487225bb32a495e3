"""The demo society's website: pictures, pages, and interest in a co-op over the hill."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from wagtail.models import Page, Site

from cms.models import (
    ContentPage,
    HomePage,
    InterestRegistration,
    LaunchPage,
    LocalGroup,
    MinutesPage,
    NewsIndexPage,
    NewsPage,
    PartnerActionsPage,
    Picture,
    ResultsPage,
    SitePage,
)
from cms.operations import (
    add_picture,
    confirm_interest,
    describe_site,
    enter_paper_interest,
    invite_interested,
    launch_group,
    lay_page,
    register_interest,
    withdraw_interest,
    write_home,
)
from cms.rules import CONSENT_VERSION, INTERESTS
from config.demo import site_words
from config.demo.names import weighted_name
from config.demo.scenes import DRAWINGS
from config.demo.site_blocks import Words, stream
from config.demo.site_small_print import SMALL_PRINT
from config.demo.site_stories import NEWS, STORIES
from config.demo.world import World
from core.actors import VISITOR
from core.models import OutboxMessage
from members.models import Person

SHOWS = {drawing.name: drawing.shows for drawing in DRAWINGS}
DETAILS = {
    "phone": "01632 960 200",
    "phone_hours": "Monday to Friday, 8 to 6",
    "email": "hello@example.org",
    "address": "The Weaving Shed\nCanal Street\nSkelbeck Bridge QX7 1AA",
    "about": "A registered society, owned and run by its members. Made up for this demonstration.",
}
#: In the order of the menu; news comes between the last two.
PAGES = (
    site_words.OUR_CARE,
    site_words.HOW_WE_ARE_RUN,
    site_words.BECOME_A_MEMBER,
    site_words.WORK_WITH_US,
    STORIES,
)
ON_PAPER, ON_THE_WEB = 27, 4


def build(world: World) -> None:
    """Lay out the site as its editor; what is there already stays as it is."""
    site = Site.objects.get(is_default_site=True)
    describe_site(site=site, details=DETAILS, by=world.secretary)
    launch_group(
        name="Skelbeck Valley",
        slug="skelbeck-valley",
        area="Skelbeck Bridge, Damside, Cloughfoot, Weavers Green and Netherby Mill",
        stage="operating",
        site=site,
        by=world.secretary,
    )
    harrow = launch_group(
        name="Upper Harrow",
        slug="upper-harrow",
        area="Upper Harrow, Intake and the farms up to the moor road",
        stage="finding",
        by=world.secretary,
    )
    _interest(world, harrow)
    _pages(world, HomePage.objects.get(pk=site.root_page_id), harrow)


# --- Pages --------------------------------------------------------------------------------------


def _pictures(world: World) -> dict[str, int]:
    """Name → id of every drawing; drawn only the first time."""
    kept = dict(Picture.objects.values_list("title", "pk"))
    for drawing in DRAWINGS:
        title = drawing.name.capitalize()
        if title not in kept:
            picture = add_picture(
                title=title,
                file_name=f"{drawing.name}.jpg",
                content=drawing.draw(),
                description=drawing.shows,
                credit="Drawn by a program",
                by=world.editor,
            )
            kept[title] = picture.pk
    return {drawing.name: kept[drawing.name.capitalize()] for drawing in DRAWINGS}


def _pages(world: World, home: HomePage, harrow: LocalGroup) -> None:
    pictures = _pictures(world)
    home.headline = site_words.HOME_HEADLINE
    home.lead = site_words.HOME_LEAD
    home.picture_id = pictures["valley"]
    actions = tuple({"type": "link", "value": each} for each in site_words.HOME_ACTIONS)
    home.actions = stream(actions, pictures, SHOWS)
    home.body = stream(site_words.HOME_BODY, pictures, SHOWS)
    home = write_home(home=home, key="home", by=world.editor)
    for words in PAGES:
        _lay(world, home, words, pictures, harrow)
    news = NewsIndexPage(
        title="News",
        slug="news",
        lead="What is going on in the co-op, good and bad.",
        show_in_menus=True,
        blueprint_key="news",
    )
    news = lay_page(parent=home, page=news, by=world.editor)
    for words in NEWS:
        _lay(world, news, words, pictures, harrow)
    for words in (site_words.NEW_CO_OPS, *SMALL_PRINT):
        _lay(world, home, words, pictures, harrow)


def _lay(
    world: World, parent: Page, words: Words, pictures: Mapping[str, int], harrow: LocalGroup
) -> None:
    """Publish one page, and those below it."""
    parent.refresh_from_db()
    page = _page(world, words, pictures, harrow)
    page.title, page.slug, page.lead = words.title, words.slug, words.lead
    page.search_description = words.lead
    page.show_in_menus = words.in_menu
    page.picture_id = pictures[words.picture] if words.picture else None
    page.blueprint_key = words.slug
    laid = lay_page(parent=parent, page=page, by=world.editor)
    for child in words.below:
        _lay(world, laid, child, pictures, harrow)


def _page(world: World, words: Words, pictures: Mapping[str, int], harrow: LocalGroup) -> SitePage:
    body = stream(words.body, pictures, SHOWS)
    if words.kind == "news":
        date = world.today - dt.timedelta(days=words.days_ago)
        return NewsPage(body=body, date=date, author=words.author)
    if words.kind == "launch":
        next_steps = stream(site_words.UPPER_HARROW_NEXT, pictures, SHOWS)
        return LaunchPage(body=body, next_steps=next_steps, group=harrow)
    if words.kind == "results":
        return ResultsPage()
    if words.kind == "minutes":
        return MinutesPage()
    if words.kind == "doing":
        return PartnerActionsPage()
    return ContentPage(body=body)


# --- Interest -----------------------------------------------------------------------------------


def _interest(world: World, group: LocalGroup) -> None:
    """Some thirty people: most signed a sheet in the chapel, some used the website."""
    if group.registrations.exists():
        return
    chance = world.random
    formats = [Person.Format.STANDARD] * 8 + [Person.Format.LARGE, Person.Format.EASY_READ]
    likely = dict(zip(INTERESTS, (0.45, 0.3, 0.5, 0.35, 0.1), strict=True))
    for number in range(ON_PAPER + ON_THE_WEB):
        first, last = weighted_name(chance)
        answers: dict[str, Any] = {
            "group": group,
            "name": f"{first} {last}",
            "email": f"{first}.{last}.{number}@example.org".lower(),
            "postcode": f"QX7 {chance.choice((6, 6, 6, 7, 8))}",
            "interests": [i for i, share in likely.items() if chance.random() < share]
            or ["volunteer"],
            "format": chance.choice(formats),
            "consent_version": CONSENT_VERSION,
        }
        if number < ON_PAPER:
            enter_paper_interest(**answers, by=world.secretary)
        else:
            _on_the_web(answers, number - ON_PAPER)
    for registration in group.registrations.confirmed().filter(invest=True).order_by("pk")[:2]:
        invite_interested(registration=registration, by=world.secretary)


@transaction.atomic
def _on_the_web(answers: dict[str, Any], number: int) -> None:
    """Register; all but the last answer the e-mail, and the first changes their mind.

    In one transaction, because a message that has gone out may have been wiped.
    """
    registration = register_interest(**answers, by=VISITOR)
    secret = _secret_mailed_to(registration)
    if number < ON_THE_WEB - 1:
        confirm_interest(secret=secret, by=VISITOR)
    if number == 0:
        withdraw_interest(secret=secret, by=VISITOR)


def _secret_mailed_to(registration: InterestRegistration) -> str:
    """The secret in the link, read from the message as its reader would."""
    message = OutboxMessage.objects.filter(to=registration.email).latest("pk")
    found = re.search(r"/interest/confirm/([\w-]+)/", message.text)
    assert found is not None
    return found[1]
