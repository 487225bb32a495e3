"""The screens: what coordinators do on them, what the person and family see, what they cost."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.models import User
from members.models import Person
from services import operations, whos_coming
from services.models import Agreement, AgreementVersion, PersonSupported, Visit
from services.recurrence import DAYS
from services.rules import Ground, LineTerms
from tests.services.conftest import TODAY

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User], Client]
TOMORROW = TODAY + dt.timedelta(1)

LINE = {
    "what": "Lunch",
    "days": ["MO", "WE"],
    "every": "1",
    "start_time": "12:30",
    "minutes": "30",
    "window_before": "15",
    "window_after": "30",
    "carers_needed": "1",
    "first_day": TODAY.isoformat(),
}


@pytest.fixture
def office(coordinator: User, signed_in: SignedIn) -> Client:
    """Cora at her desk."""
    return signed_in(coordinator)


def page_of(browser: Client, name: str, *args: object, **query: str) -> str:
    response = browser.get(reverse(f"services:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def post(browser: Client, name: str, *args: object, **data: Any) -> Any:
    return browser.post(reverse(f"services:{name}", args=args), data)


def test_an_agreement_from_the_first_form_to_planned_visits(
    mavis: PersonSupported, office: Client
) -> None:
    post(office, "new_agreement", mavis.pk, first_day=TODAY.isoformat())
    version = AgreementVersion.objects.get()
    assert "No visits yet" in page_of(office, "version", version.pk)
    assert post(office, "add_line", version.pk, **LINE).status_code == 302
    preview = page_of(office, "version", version.pk)
    assert "8 visits in the first four weeks" in preview
    response = post(
        office,
        "agree",
        version.pk,
        agreed_with="Mavis Ogden",
        agreed_as="the person themself",
        agreed_on=TODAY.isoformat(),
    )
    assert response["Location"] == reverse("services:person", args=[mavis.pk])
    assert Visit.objects.planned().count() == 13
    assert "Lunch" in page_of(office, "person", mavis.pk)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"minutes": "0"}, "A visit lasts from 1 minute to 24 hours."),
        ({"minutes": "20"}, "A visit under 30 minutes needs a reason."),
        ({"days": []}, "Choose at least one day of the week."),
        ({"last_day": "2026-03-01"}, "The last day must not be before the first."),
        ({"first_day": "2026-02-30"}, "This is not a date in the calendar."),
        ({"not_on": "31 February 2026"}, "is not a date."),
        ({"days": ["SU"], "last_day": "2026-03-03"}, "No visit would take place"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words_and_nothing_is_kept(
    draft: AgreementVersion, office: Client, changes: dict[str, Any], sentence: str
) -> None:
    response = post(office, "add_line", draft.pk, **(LINE | changes))
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not draft.lines.exists()


def test_a_line_is_shown_as_it_is_changed_and_removed(
    draft: AgreementVersion, office: Client
) -> None:
    line = LINE | {"not_on": "25 December 2026", "last_day": "2027-01-31"}
    post(office, "add_line", draft.pk, **line)
    first = draft.lines.get()
    form = office.get(reverse("services:edit_line", args=[first.pk])).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    assert (shown["days"], shown["not_on"]) == (["MO", "WE"], "2026-12-25")
    post(office, "edit_line", first.pk, **(line | {"minutes": "45"}))
    assert draft.lines.get().minutes == 45
    post(office, "remove_line", draft.lines.get().pk)
    assert not draft.lines.exists()


def test_a_change_shows_its_reason_and_what_differs(
    agreed: AgreementVersion, office: Client, terms: Callable[..., Any], cora: Actor
) -> None:
    agreement = agreed.agreement
    post(
        office, "change", agreement.pk, since=TOMORROW.isoformat(), reason="She sleeps longer now."
    )
    version = AgreementVersion.objects.get(number=2)
    operations.change_line(line=version.lines.get(), terms=terms(start_time=dt.time(9)), by=cora)
    text = " ".join(page_of(office, "agreement", agreement.pk).split())
    assert "She sleeps longer now." in text
    assert "<del>every day at 08:00 for 45 minutes</del>" in text
    assert "<ins>every day at 09:00 for 45 minutes</ins>" in text
    post(office, "redate", version.pk, since=TODAY.isoformat())
    version.refresh_from_db()
    assert version.since == TODAY
    post(office, "discard", version.pk)
    assert Agreement.objects.get().versions.count() == 1


def test_an_agreed_version_opens_as_history_and_its_lines_do_not(
    agreed: AgreementVersion, office: Client
) -> None:
    response = office.get(reverse("services:version", args=[agreed.pk]))
    assert response["Location"] == reverse("services:agreement", args=[agreed.agreement_id])
    refused = post(office, "edit_line", agreed.lines.get().pk, **LINE)
    assert refused.status_code == 409
    assert "does not change any more" in refused.content.decode()


def test_a_visit_is_cancelled_with_a_reason_and_brought_back(
    agreed: AgreementVersion, office: Client
) -> None:
    visit = Visit.objects.get(date=TOMORROW)
    assert post(office, "visit", visit.pk, why="").status_code == 400
    post(office, "visit", visit.pk, why="person", note="Out with family")
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert "Out with family" in page_of(office, "visit", visit.pk)
    post(office, "reinstate", visit.pk)
    visit.refresh_from_db()
    assert visit.state == "planned"


def test_ending_an_agreement_and_then_support(
    agreed: AgreementVersion, mavis: PersonSupported, office: Client
) -> None:
    post(
        office,
        "end_agreement",
        agreed.agreement_id,
        last_day=TOMORROW.isoformat(),
        because="Moves to Leeds",
    )
    assert "Moves to Leeds" in page_of(office, "agreement", agreed.agreement_id)
    refused = post(office, "end_support", mavis.pk, last_day=TODAY.isoformat())
    assert "End the agreement first." in refused.content.decode()


def test_pausing_and_going_on(
    agreed: AgreementVersion, mavis: PersonSupported, office: Client
) -> None:
    post(office, "pause", mavis.pk, first_day=TOMORROW.isoformat(), why="hospital", note="Hip")
    assert "in hospital" in page_of(office, "person", mavis.pk)
    post(office, "end_pause", mavis.pauses.get().pk, last_day=TODAY.isoformat())
    assert not mavis.pauses.exists()


def test_the_home_is_put_right_or_refused(mavis: PersonSupported, office: Client) -> None:
    refused = post(office, "home", mavis.pk, latitude="-2", longitude="53.7")
    assert "between 49 and 61.5" in refused.content.decode()
    post(office, "home", mavis.pk, latitude="53.8", longitude="-2")
    mavis.refresh_from_db()
    assert mavis.latitude == 53.8


def test_adding_somebody_new(office: Client) -> None:
    new = {"first_name": "Olive", "last_name": "Haigh", "since": TODAY.isoformat()}
    new |= {"format": "large", "latitude": "53.7", "longitude": "-2", "postcode": "qx72ab"}
    response = post(office, "add_person", **new)
    supported = PersonSupported.objects.get()
    assert response["Location"] == reverse("services:person", args=[supported.pk])
    assert (supported.person.format, supported.person.postcode) == ("large", "QX7 2AB")


def test_adding_somebody_we_know_asks_and_uses_the_same_person(office: Client) -> None:
    known = Person.objects.create(first_name="Olive", last_name="Haigh", town="Damside")
    new = {"first_name": "olive", "last_name": "haigh", "since": TODAY.isoformat()}
    new |= {"format": "standard", "latitude": "53.7", "longitude": "-2"}
    asked = post(office, "add_person", **new)
    assert "Do we know this person already?" in asked.content.decode()
    assert not PersonSupported.objects.exists()
    post(office, "add_person", **new, who=str(known.pk))
    assert PersonSupported.objects.get().person == known
    assert Person.objects.count() == 1


def test_the_list_is_searched_without_a_name_in_the_address_and_narrowed(
    mavis: PersonSupported, make_supported: Callable[..., PersonSupported], office: Client
) -> None:
    make_supported("Norman", town="Cloughfoot")
    response = post(office, "people_search", q="mav")
    assert response["Location"] == reverse("services:people")
    found = page_of(office, "people")
    assert "Mavis" in found
    assert "Norman" not in found
    post(office, "people_search", q="")
    assert "Mavis" not in page_of(office, "people", town="Cloughfoot")
    assert "Norman" in page_of(office, "people", agreement="none")
    assert "Norman" not in page_of(office, "people", agreement="active")
    assert "Norman" not in page_of(office, "people", state="ended")


def test_nobody_is_named_in_a_title_or_an_address(
    agreed: AgreementVersion, mavis: PersonSupported, office: Client
) -> None:
    """D19."""
    for name, pk in [("person", mavis.pk), ("agreement", agreed.agreement_id)]:
        url = reverse(f"services:{name}", args=[pk])
        page = office.get(url).content.decode()
        title = page.partition("<title>")[2].partition("</title>")[0]
        assert "Mavis" not in title + url
        assert "Ogden" not in title + url


def test_letting_family_in_and_ending_it_on_the_screen(
    mavis: PersonSupported, office: Client
) -> None:
    post(
        office,
        "add_to_circle",
        mavis.pk,
        first_name="Fay",
        last_name="Ogden",
        email="fay@example.org",
        ground="family",
    )
    assert "Fay Ogden" in page_of(office, "who_may_see", mavis.pk)
    post(office, "close_access", mavis.person.access_links.get(ground="family").pk)
    assert "Fay Ogden" not in page_of(office, "who_may_see", mavis.pk)
    twice = post(office, "add_to_circle", mavis.pk, first_name="Fay", last_name="Ogden")
    assert twice.status_code == 400


# --- My care --------------------------------------------------------------------------------------


def test_my_care_shows_the_one_record_at_once_and_who_comes(
    agreed: AgreementVersion,
    mavis: PersonSupported,
    make_user: Callable[..., User],
    link: Callable[..., User],
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whos_coming, "ANSWERS", {})
    whos_coming.register("rota", lambda ids: {pk: ["Marcia", "Tom"] for pk in ids})
    browser = signed_in(link(make_user("fay"), mavis, Ground.FAMILY))
    text = page_of(browser, "my_care")
    assert "Mavis Ogden" in text
    assert "Marcia and Tom" in text


def test_my_care_lists_several_and_says_so_when_there_is_none(
    mavis: PersonSupported,
    make_supported: Callable[..., PersonSupported],
    make_user: Callable[..., User],
    link: Callable[..., User],
    signed_in: SignedIn,
    stranger: User,
) -> None:
    user = link(make_user("fay"), mavis, Ground.FAMILY)
    link(user, make_supported("Norman"), Ground.FAMILY)
    text = page_of(signed_in(user), "my_care")
    assert "Mavis Ogden" in text
    assert "Norman Ogden" in text
    assert "ask the coordinator" in page_of(signed_in(stranger), "my_care")


def test_a_coordinator_is_sent_to_the_list(mavis: PersonSupported, office: Client) -> None:
    assert office.get(reverse("services:my_care"))["Location"] == reverse("services:people")


def test_the_persons_own_page_speaks_to_them(
    make_supported: Callable[..., PersonSupported],
    make_user: Callable[..., User],
    signed_in: SignedIn,
) -> None:
    nora = make_supported("Nora", user=make_user("nora"))
    assert "Your care" in page_of(signed_in(nora.person.user), "my_care")


# --- What pages cost ------------------------------------------------------------------------------


def test_the_list_costs_the_same_whatever_the_rows(
    agreed: AgreementVersion,
    make_supported: Callable[..., PersonSupported],
    office: Client,
    django_assert_max_num_queries: Any,
) -> None:
    office.get(reverse("services:people"))
    with django_assert_max_num_queries(40) as few:
        office.get(reverse("services:people"))
    for number in range(12):
        make_supported(f"Person {number}", town=f"Town {number}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        office.get(reverse("services:people"))


@pytest.mark.parametrize("name", ["person", "care", "who_looked", "who_may_see"])
def test_a_persons_pages_cost_the_same_whatever_they_hold(
    name: str,
    draft: AgreementVersion,
    terms: Callable[..., Any],
    agree: Callable[[AgreementVersion], AgreementVersion],
    mavis: PersonSupported,
    make_user: Callable[..., User],
    link: Callable[..., User],
    cora: Actor,
    office: Client,
    django_assert_max_num_queries: Any,
) -> None:
    url = reverse(f"services:{name}", args=[mavis.pk])
    operations.add_line(version=draft, terms=terms(), by=cora)
    agree(draft)
    for _ in range(2):
        with django_assert_max_num_queries(60) as few:
            office.get(url)
    version = operations.new_version(
        agreement=draft.agreement, since=TODAY, reason="More calls", by=cora
    )
    for hour in range(9, 20):
        operations.add_line(version=version, terms=terms(start_time=dt.time(hour)), by=cora)
    agree(version)
    for letter in "abcdef":
        link(make_user(letter), mavis, Ground.FAMILY)
    with django_assert_max_num_queries(len(few.captured_queries) + 1):
        office.get(url)


def test_every_day_of_the_week_can_be_chosen(draft: AgreementVersion, office: Client) -> None:
    post(office, "add_line", draft.pk, **(LINE | {"days": list(DAYS), "every": "2"}))
    assert draft.lines.get().days_in_words == "every 2 weeks on each day"


def test_somebody_of_that_name_on_the_list_already_is_not_added_twice_by_a_slip(
    office: Client,
) -> None:
    new = {"first_name": "Olive", "last_name": "Haigh", "since": TODAY.isoformat()}
    new |= {"format": "standard", "latitude": "53.7", "longitude": "-2"}
    post(office, "add_person", **new)
    asked = post(office, "add_person", **new).content.decode()
    assert "on the list already" in asked
    chosen = post(office, "add_person", **new, who=str(Person.objects.get().pk))
    assert "This person is already on the list." in chosen.content.decode()
    assert PersonSupported.objects.count() == 1
    post(office, "add_person", **new, who="new")
    assert PersonSupported.objects.count() == 2


def test_lines_that_overlap_are_pointed_out_in_a_draft(
    draft: AgreementVersion, terms: Callable[..., LineTerms], cora: Actor, office: Client
) -> None:
    first = terms(what="Breakfast", start_time=dt.time(8), minutes=60)
    operations.add_line(version=draft, terms=first, by=cora)
    after = terms(what="Shopping", start_time=dt.time(9), minutes=30)
    operations.add_line(version=draft, terms=after, by=cora)
    assert "Visits that overlap" not in page_of(office, "version", draft.pk)
    within = terms(what="Tablets", start_time=dt.time(8, 30), minutes=45)
    operations.add_line(version=draft, terms=within, by=cora)
    for page in ("version", "agree"):
        found = page_of(office, page, draft.pk)
        assert found.count("“Tablets” begins at 08:30, before “Breakfast” ends at 09:00.") == 1
        assert found.count("“Shopping” begins at 09:00, before “Tablets” ends at 09:15.") == 1


def test_an_agreed_version_offers_no_form_to_change_it(
    agreed: AgreementVersion, office: Client
) -> None:
    for page in ("agree", "add_line"):
        answer = office.get(reverse(f"services:{page}", args=[agreed.pk]))
        assert answer.status_code == 409
        assert "<form" not in answer.content.decode().partition("<main")[2].partition("</main")[0]


def test_changing_an_agreement_goes_on_with_the_draft_that_is_there(
    agreed: AgreementVersion, office: Client
) -> None:
    change = reverse("services:change", args=[agreed.agreement_id])
    assert office.get(change).status_code == 200
    later = (TODAY + dt.timedelta(7)).isoformat()
    begun = office.post(change, {"since": later, "reason": "Home from hospital"})
    assert office.get(change)["Location"] == begun["Location"]


def test_the_family_reads_what_changes_from_when_and_why(
    agreed: AgreementVersion,
    mavis: PersonSupported,
    make_user: Callable[..., User],
    link: Callable[..., User],
    signed_in: SignedIn,
    agree: Callable[[AgreementVersion], AgreementVersion],
    cora: Actor,
) -> None:
    later = TODAY + dt.timedelta(7)
    version = operations.new_version(
        agreement=agreed.agreement, since=later, reason="She gets up later now.", by=cora
    )
    line = version.lines.get()
    terms = dataclasses.replace(line.terms(), start_time=dt.time(10), must_read="The safe is 1234.")
    operations.change_line(line=line, terms=terms, by=cora)
    family = signed_in(link(make_user("Helen"), mavis, Ground.FAMILY))
    assert "She gets up later now." not in page_of(family, "my_care")
    agree(version)
    page = page_of(family, "my_care")
    assert f"What changes from {later:%A} {later.day} {later:%B %Y}" in page
    assert "She gets up later now." in page
    assert "10:00" in page
    assert "1234" not in page
