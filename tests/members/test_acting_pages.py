"""What somebody sees and may do while acting for a member; what the member and the board see."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils.html import strip_tags

from core.actors import SYSTEM, Actor
from core.errors import RuleError
from core.models import OutboxMessage, User
from members.models import Authority, Consent, Member, Withdrawal
from members.operations import (
    ask_withdrawal,
    buy_shares,
    note_consent,
    record_authority,
    resign,
    take_back_withdrawal,
)
from tests.members.conftest import TODAY
from tests.members.leaving import enter, rules, user_of

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def margaret(db: None) -> Member:
    """Margaret Ogden, a member with 30 shares."""
    rules()
    return enter("Margaret Ogden", shares=30, sign_in=True)


@pytest.fixture
def helen(db: None) -> Member:
    """Her daughter, who signs in."""
    return enter("Helen Ogden", sign_in=True)


@pytest.fixture
def acts(margaret: Member, helen: Member) -> Callable[..., Actor]:
    """`acts("helper", "membership")` → Helen, acting for Margaret."""

    def make(ground: str, *scope: str) -> Actor:
        assert margaret.person
        assert helen.person
        record_authority(
            person=margaret.person,
            acting=helen.person,
            ground=ground,
            scope=scope,
            since=TODAY,
            evidence="Registered power",
            seen_on=TODAY,
            by=SYSTEM,
        )
        return Actor("user", user=user_of(helen), acting_for=margaret.person.pk)

    return make


def browser(by: Actor, signed_in: SignIn) -> Client:
    assert by.user
    client = signed_in(by.user)
    authority = Authority.objects.filter(person=by.acting_for).first()
    assert authority
    client.post(f"/members/acting/{authority.pk}/")
    return client


def text(client: Client, url: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(client.get(url).content.decode()))


# --- What the authority does not cover -----------------------------------------------------------


def test_a_helper_in_membership_sees_no_money_and_no_false_word(
    acts: Callable[..., Actor], margaret: Member, signed_in: SignIn
) -> None:
    hers = browser(acts("helper", "membership"), signed_in)
    page = text(hers, "/members/me/")
    assert "Register number" in page
    assert "Shares" not in page
    assert "Dues" not in page
    for url in ("/members/me/shares/", "/members/me/withdrawals/", "/members/me/dues/"):
        page = text(hers, url)
        assert "You may not act for Margaret Ogden in money." in page
        assert "Become a member" not in page
        assert "no dues" not in page


def test_a_helper_does_not_end_a_membership(
    acts: Callable[..., Actor], margaret: Member, signed_in: SignIn
) -> None:
    helper = acts("helper", "membership")
    with pytest.raises(RuleError, match="informal helper"):
        resign(member=margaret, on=TODAY, shares=None, by=helper)
    url = f"/members/me/leave/{margaret.number}/"
    hers = browser(helper, signed_in)
    page = text(hers, url)
    assert "a helper cannot end a membership" in page
    assert "30 shares" not in page
    hers.post(url, {"how": "keep", "sure": "on"})
    margaret.refresh_from_db()
    assert margaret.ceased is None


def test_a_deputy_in_membership_alone_says_nothing_of_the_money(
    acts: Callable[..., Actor], margaret: Member, signed_in: SignIn
) -> None:
    hers = browser(acts("deputy", "membership"), signed_in)
    url = f"/members/me/leave/{margaret.number}/"
    page = text(hers, url)
    assert "How is Margaret Ogden to leave?" in page
    assert "paid for the shares" not in page
    assert "30 shares" not in page
    assert hers.post(url, {"how": "pay", "sure": "on"}).status_code == 400
    assert hers.post(url, {"how": "keep", "sure": "on"}).status_code == 302
    margaret.refresh_from_db()
    assert margaret.ceased == TODAY
    told = OutboxMessage.objects.get(kind="members.resigned").text
    assert "Helen Ogden, acting for you, asked for this" in told


def test_who_acts_gives_nothing_away(
    acts: Callable[..., Actor], margaret: Member, signed_in: SignIn
) -> None:
    attorney = acts("attorney_money", "membership", "money")
    with pytest.raises(RuleError, match="Mental Capacity Act") as refused:
        ask_withdrawal(member=margaret, quantity=1, why=Withdrawal.Why.GIFT, by=attorney)
    assert refused.value.field == "why"
    hers = browser(attorney, signed_in)
    page = text(hers, f"/members/me/withdrawals/{margaret.number}/ask/")
    assert "Pay it to Margaret Ogden" in page
    assert "Pay it to me" not in page
    assert "Give it to the co-op, for good" not in page
    assert "Court of Protection" in page
    assert (
        "give" not in text(hers, f"/members/me/leave/{margaret.number}/").lower().split("main")[0]
    )


@pytest.mark.parametrize(
    ("ground", "scope"),
    [
        ("attorney_money", ["money"]),
        ("attorney_money", ["membership", "money"]),
        ("deputy", ["membership"]),
        ("deputy", ["membership", "care"]),
        ("helper", ["membership"]),
        ("attorney_health", ["care"]),
    ],
)
def test_no_page_offers_what_it_then_refuses(
    ground: str,
    scope: list[str],
    acts: Callable[..., Actor],
    margaret: Member,
    signed_in: SignIn,
) -> None:
    by = acts(ground, *scope)
    ask_withdrawal(member=margaret, quantity=3, by=SYSTEM)
    buy_shares(member=margaret, quantity=2, by=SYSTEM)
    hers = browser(by, signed_in)
    to_open, opened = ["/members/acting/", "/members/me/"], dict[str, int]()
    while to_open:
        url = to_open.pop()
        page = hers.get(url, follow=True)
        opened[url] = page.status_code
        if page.get("Content-Type", "").startswith("text/html"):
            links = re.findall(r'href="(/members/[^"?#]*)', page.content.decode())
            to_open += sorted(set(links) - opened.keys() - set(to_open))
    assert {url for url, status in opened.items() if status != 200} == set()
    leave = f"/members/me/leave/{margaret.number}/"
    assert (leave in opened) is ("membership" in scope and ground != "helper")


@pytest.mark.parametrize(
    ("ground", "scope", "offered"),
    [
        ("attorney_money", ["membership", "money"], {"news"}),
        ("attorney_health", ["care"], {"photos", "story", "research"}),
        ("helper", ["membership", "care"], {"news"}),
        ("deputy", ["membership", "care"], {"news", "photos", "story", "research"}),
    ],
)
def test_consents_are_offered_to_who_may_give_them(
    ground: str,
    scope: list[str],
    offered: set[str],
    acts: Callable[..., Actor],
    margaret: Member,
    signed_in: SignIn,
) -> None:
    by = acts(ground, *scope)
    assert margaret.person
    page = browser(by, signed_in).get("/members/me/consents/").content.decode()
    for purpose in Consent.Purpose.values:
        assert (f"/members/me/consents/{purpose}/" in page) is (purpose in offered)
        if purpose in offered:
            note_consent(person=margaret.person, purpose=purpose, given=True, how="web", by=by)
        else:
            with pytest.raises(PermissionDenied):
                note_consent(person=margaret.person, purpose=purpose, given=True, how="web", by=by)


def test_two_authorities_for_the_same_person_are_one_choice(
    acts: Callable[..., Actor], helen: Member, signed_in: SignIn
) -> None:
    acts("attorney_money", "membership", "money")
    acts("attorney_health", "care")
    page = text(signed_in(user_of(helen)), "/members/acting/")
    assert page.count("Act for Margaret Ogden") == 1
    assert "Attorney for money and property" in page
    assert "Attorney for health and care" in page


def test_pages_speak_of_whom_one_acts_for(
    acts: Callable[..., Actor], margaret: Member, signed_in: SignIn
) -> None:
    hers = browser(acts("attorney_money", "membership", "money"), signed_in)
    assert "Shares of Margaret Ogden" in text(hers, f"/members/me/shares/{margaret.number}/")
    assert "Dues of Margaret Ogden" in text(hers, "/members/me/dues/")
    needs = text(hers, "/members/me/needs/")
    assert "What helps Margaret Ogden" in needs
    assert "How to write to them" in needs
    assert "How should we write to you" not in text(hers, "/members/me/contact/")


# --- What the member sees ------------------------------------------------------------------------


def test_letters_say_who_asked(acts: Callable[..., Actor], margaret: Member) -> None:
    by = acts("attorney_money", "membership", "money")
    asked = ask_withdrawal(member=margaret, quantity=3, by=by)
    take_back_withdrawal(withdrawal=asked, by=by)
    buy_shares(member=margaret, quantity=2, by=by)
    kinds = ("withdrawal_asked", "withdrawal_taken_back", "shares-asked")
    for kind in kinds:
        told = OutboxMessage.objects.get(kind=f"members.{kind}").text
        assert "Helen Ogden, acting for you, has" in told
        assert "your request" not in told.lower()


def test_a_member_reads_who_acts_for_them_and_how_to_object(
    acts: Callable[..., Actor], margaret: Member, signed_in: SignIn
) -> None:
    acts("attorney_money", "money")
    page = text(signed_in(user_of(margaret)), "/members/me/")
    assert "Helen Ogden: attorney for money and property, for shares and money" in page
    assert "since Tuesday 3 March 2026" in page or "since 3 March 2026" in page
    assert "tell the secretary" in page
    assert "Who looked at your record" in page


def test_a_member_reads_who_looked_and_as_what(
    acts: Callable[..., Actor], margaret: Member, signed_in: SignIn
) -> None:
    acts("attorney_health", "care")
    hers = browser(acts("attorney_money", "membership", "money"), signed_in)
    hers.get(f"/members/me/shares/{margaret.number}/")
    page = text(signed_in(user_of(margaret)), "/members/me/looked/")
    assert "Helen Ogden (acting for you, attorney for money and property)" in page
    assert hers.get("/members/me/looked/").status_code == 404


# --- What staff see ------------------------------------------------------------------------------


def test_staff_see_who_acts_and_who_asked(
    acts: Callable[..., Actor], margaret: Member, secretary: User, signed_in: SignIn
) -> None:
    by = acts("attorney_money", "membership", "money")
    asked = ask_withdrawal(member=margaret, quantity=3, by=by)
    bought = buy_shares(member=margaret, quantity=2, by=by)
    sita, number = signed_in(secretary), margaret.number
    for url in ("", "shares/", "contact/"):
        page = text(sita, f"/members/register/{number}/{url}")
        assert "Helen Ogden acts for Margaret Ogden: attorney for money" in page
    person = f'href="/members/people/{margaret.person_id}/"'
    assert person in sita.get(f"/members/register/{number}/").content.decode()
    who = "by Helen Ogden acting for Margaret Ogden"
    assert who in text(sita, f"/members/withdrawals/{asked.pk}/")
    assert who in text(sita, f"/members/purchases/{bought.pk}/")
