"""What the public application says on its way: nothing dropped, nothing kept from the applicant."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from djmoney.money import Money

from core.actors import SYSTEM, Actor
from core.models import OutboxMessage, PrivateFile, User
from ledger.operations import keep_bank_account
from members.models import Application, MemberClass, Person
from members.operations import (
    admit_batch,
    change_member_class,
    give_sign_in,
    refuse,
    register_member,
    settle_duplicate,
    submit,
)
from tests.members.conftest import TODAY, pay
from tests.members.test_joining_views import ABOUT, CONTACT, fill_in, joan

__all__ = ["joan"]  # a fixture

pytestmark = pytest.mark.django_db


def text_of(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", client.get(f"/members/join/{path}").content.decode())


def born(day: str, month: str, year: str) -> dict[str, str]:
    return ABOUT | {"born_day": day, "born_month": month, "born_year": year}


def again(classes: dict[str, MemberClass], **changes: str) -> Client:
    """Another browser, in which all but these is answered as Joan does."""
    client = Client()
    client.post("/members/join/class/", {"member_class": classes["community"].pk})
    fill_in(client)
    Application.objects.filter(pk=client.session["application"]).update(**changes)
    return client


def code_for(email: str) -> Client:
    """A browser that came back with a code."""
    client = Client()
    client.post("/members/join/back/", {"email": email})
    mail = OutboxMessage.objects.filter(kind="members.resume").latest("pk")
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.text)
    assert code is not None
    client.post("/members/join/code/", {"email": email, "code": code.group()})
    return client


# --- Who may apply --------------------------------------------------------------------------------


def test_somebody_too_young_is_told_so_beside_the_date_of_birth(joan: Client) -> None:
    response = joan.post("/members/join/about/", born("4", "3", "2010"))
    assert "is for people aged 16 or over" in response.content.decode()
    assert joan.post("/members/join/about/", born("3", "3", "2010")).status_code == 302


def test_who_is_too_young_for_another_class_cannot_hand_in(
    joan: Client, classes: dict[str, MemberClass]
) -> None:
    fill_in(joan)
    change_member_class(member_class=classes["community"], changes={"minimum_age": 70}, by=SYSTEM)
    assert "About you" in text_of(joan, "check/")
    assert joan.post("/members/join/check/").status_code == 400


def test_whoever_has_applied_is_told_so_and_how_to_come_back(
    joan: Client, classes: dict[str, MemberClass]
) -> None:
    fill_in(joan)
    joan.post("/members/join/check/")
    second = again(classes)
    page = text_of(second, "check/")
    assert "You have applied already" in page
    assert "/members/join/back/" in page
    assert "Hand in my application" not in page
    assert "already" in second.post("/members/join/check/").content.decode()
    assert Application.objects.waiting().count() == 1


def test_two_of_one_house_may_apply(joan: Client, classes: dict[str, MemberClass]) -> None:
    fill_in(joan)
    joan.post("/members/join/check/")
    other = again(classes, first_name="Ann")
    assert other.post("/members/join/check/").status_code == 302


def test_of_two_that_wait_the_later_is_settled_before_anybody_is_admitted(
    waiting: Callable[..., Application], secretary: User, signed_in: Callable[[User], Client]
) -> None:
    first, later = waiting(), waiting(first_name="Ann")  # of one e-mail address
    desk = signed_in(secretary)
    page = desk.get("/members/applications/admit/").content.decode()
    assert f"May be the same person as {first.reference}" in page
    assert f'value="{later.pk}"' not in page
    shown = desk.get(f"/members/applications/{later.pk}/").content.decode()
    assert "Somebody else, who is new to us" in shown
    desk.post(f"/members/applications/{later.pk}/who/", {"who": "new"})
    both = {"applications": [first.pk, later.pk], "minute": "1", "board_meeting": str(TODAY)}
    desk.post("/members/applications/admit/", both)
    assert Application.objects.filter(state="admitted").count() == 2


def test_several_are_admitted_in_the_order_in_which_they_came(
    waiting: Callable[..., Application], by: Actor
) -> None:
    first, later = waiting(), waiting(first_name="Ann")  # of one e-mail address
    settle_duplicate(application=later, person=None, by=by)
    later.refresh_from_db()
    members = admit_batch(applications=[later, first], board_meeting=TODAY, minute="1", by=by)
    assert [member.name for member in members] == [first.person_name, later.person_name]


def test_a_member_is_told_that_they_are_one(
    rita: Person, classes: dict[str, MemberClass], signed_in: Callable[[User], Client]
) -> None:
    assert "You are a member already" not in text_of(Client(), "")
    register_member(
        person=rita, member_class=classes["community"], joined=TODAY, shares=1, by=SYSTEM
    )
    give_sign_in(person=rita, by=SYSTEM)
    rita.refresh_from_db()
    assert rita.user is not None
    page = text_of(signed_in(rita.user), "")
    assert "You are a member already" in page
    assert "/members/me/shares/" in page


# --- Nothing typed is dropped without a word ------------------------------------------------------


@pytest.mark.parametrize(("act", "to"), [("later", "later"), ("back", "class")])
def test_leaving_a_step_keeps_what_can_be_read_and_says_what_was_not_saved(
    joan: Client, act: str, to: str
) -> None:
    response = joan.post("/members/join/about/", born("31", "2", "1970") | {"act": act})
    assert response.url == f"/members/join/{to}/"
    assert Application.objects.get().first_name == "Joan"
    assert "Not saved: Date of birth. This is not a date" in text_of(joan, f"{to}/")


def test_what_was_left_empty_is_not_called_lost(joan: Client) -> None:
    joan.post("/members/join/about/", {"first_name": "Joan", "act": "later"})
    assert "Not saved" not in text_of(joan, "later/")


def test_too_long_a_text_is_refused_and_not_cut(joan: Client) -> None:
    assert "Up to 2,000 characters" in text_of(joan, "evidence/")
    assert "maxlength" not in text_of(joan, "evidence/")
    response = joan.post("/members/join/evidence/", {"evidence": "é" * 2001})
    page = response.content.decode()
    assert "2000 characters at most: these are 2001" in page
    assert "Write a few words" not in page
    assert joan.post("/members/join/evidence/", {"evidence": "é" * 2000}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "status"),
    [("1,000", 302), ("1000", 302), ("1,00", 400), ("1,5", 400), ("1,0000", 400)],
)
def test_thousands_may_be_typed_in_groups_of_three(joan: Client, typed: str, status: int) -> None:
    response = joan.post("/members/join/shares/", {"shares": typed, "agreed": "on"})
    assert response.status_code == status
    assert Application.objects.get().shares == (1000 if status == 302 else 1)


def test_a_file_can_be_looked_at_and_removed_before_it_is_handed_in(joan: Client) -> None:
    letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.7", content_type="application/pdf")
    joan.post("/members/join/evidence/", {"evidence": "", "file": letter})
    kept = PrivateFile.objects.get()
    opened = joan.get(f"/members/join/files/{kept.pk}/")
    assert b"".join(opened.streaming_content) == b"%PDF-1.7"
    assert opened["Cache-Control"] == "no-store"
    assert Client().get(f"/members/join/files/{kept.pk}/").url == "/members/join/"
    removed = {"evidence": "I keep the allotments.", "remove": str(kept.pk)}
    assert joan.post("/members/join/evidence/", removed).url == "/members/join/evidence/"
    assert not PrivateFile.objects.exists()
    assert Application.objects.get().evidence == "I keep the allotments."


def test_nobody_opens_or_removes_the_file_of_another(
    joan: Client, classes: dict[str, MemberClass]
) -> None:
    letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.7", content_type="application/pdf")
    joan.post("/members/join/evidence/", {"evidence": "", "file": letter})
    kept = PrivateFile.objects.get()
    other = again(classes, email="ann@example.org")
    assert other.get(f"/members/join/files/{kept.pk}/").status_code == 404
    other.post("/members/join/evidence/", {"evidence": "Ann", "remove": str(kept.pk)})
    assert PrivateFile.objects.exists()


# --- What it costs, and the rules -----------------------------------------------------------------


def test_fee_and_dues_are_said_before_anything_is_handed_in(
    joan: Client, classes: dict[str, MemberClass]
) -> None:
    costs = {"joining_fee": Money(5, "GBP"), "yearly_dues": Money(10, "GBP"), "dues_month": 4}
    change_member_class(member_class=classes["community"], changes=costs, by=SYSTEM)
    fill_in(joan)
    for page in ("", "class/", "shares/", "check/"):
        assert "oining fee £5.00; dues £10.00 a year, each April" in text_of(joan, page), page
    assert "10 shares: £10.00" in text_of(joan, "check/")


def test_the_rules_are_linked_or_it_is_said_where_they_are(joan: Client) -> None:
    assert "You can read the rules of the co-op at the office" in text_of(joan, "shares/")


# --- Money and decisions --------------------------------------------------------------------------


def test_the_first_message_says_where_to_transfer_the_money_to(joan: Client) -> None:
    keep_bank_account(name="Current account", number="309871-02872656", by=SYSTEM)
    fill_in(joan)
    joan.post("/members/join/check/")
    text = OutboxMessage.objects.get().text
    assert "sort code 30-98-71, account number 02872656" in text


def test_taking_it_back_says_what_becomes_of_the_money(joan: Client) -> None:
    fill_in(joan)
    joan.post("/members/join/check/")
    pay(Application.objects.get().purchase)
    joan.post("/members/join/withdraw/")
    page = text_of(joan, "done/")
    mail = OutboxMessage.objects.get(kind="members.taken-back").text
    for said in (page, mail):
        assert "You get back what you paid for your shares, £10.00." in said
        assert "The treasurer will write to you to ask for your bank details." in said


def test_after_a_refusal_a_code_shows_why_and_what_goes_back(
    joan: Client, classes: dict[str, MemberClass]
) -> None:
    fill_in(joan)
    joan.post("/members/join/check/")
    application = Application.objects.get()
    refuse(
        application=application,
        reason="Lives elsewhere.",
        board_meeting=TODAY,
        minute="1",
        by=SYSTEM,
    )
    back = code_for(CONTACT["email"])
    page = text_of(back, "done/")
    assert "Lives elsewhere." in page
    assert "You have paid nothing, and need pay nothing." in page
    mail = OutboxMessage.objects.filter(kind="members.resume").latest("pk")
    assert f"application {application.reference}" in mail.text
    assert "refused" in mail.text


def test_a_draft_that_was_dropped_is_not_shown_again(joan: Client) -> None:
    fill_in(joan)
    joan.post("/members/join/withdraw/")
    client = Client()
    client.post("/members/join/back/", {"email": CONTACT["email"]})
    assert not OutboxMessage.objects.exists()
    with pytest.raises(Exception, match="closed"):
        submit(application=Application.objects.get(), by=SYSTEM)
