"""The staff's screens of shares that go out and of memberships that change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.actors import SYSTEM, Actor
from core.models import ReadLine, User
from ledger.models import PayOut
from members.models import (
    Estate,
    Member,
    MemberClass,
    Nomination,
    SocietyRules,
    Withdrawal,
)
from members.operations import (
    end_ground,
    note_evidence,
    pay_nominees,
)
from tests.members.conftest import TODAY
from tests.members.leaving import (
    BOARD,
    MINUTE,
    agreed,
    asked,
    classes,
    enter,
    paying,
    pounds,
    rules,
)
from tests.members.test_deaths import died
from tests.members.test_nominations import enter_nomination

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def boxes(name: str, day: dt.date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


# --- Staff: withdrawals ---------------------------------------------------------------------------


def test_a_paper_form_is_keyed_decided_prepared_and_paid_by_two(
    signed_in: SignIn, secretary: User, treasurer: User, board_member: User
) -> None:
    rules()
    member = enter()
    office = signed_in(secretary)
    keyed = office.post(
        f"/members/register/{member.number}/withdraw/",
        {"why": "request", "quantity": "30", **boxes("received", BOARD)},
    )
    withdrawal = Withdrawal.objects.get()
    assert keyed["Location"] == f"/members/withdrawals/{withdrawal.pk}/"
    office.post(
        f"/members/withdrawals/{withdrawal.pk}/agree/",
        {"minute": MINUTE, **boxes("decided_on", BOARD)},
    )
    money = signed_in(treasurer)
    queue = text(money.get("/members/withdrawals/"))
    assert "Prepare £30.00" in queue
    assert "The queue against the cash" in queue
    money.post(f"/members/withdrawals/{withdrawal.pk}/prepare/", {"shares": "30"})
    pay_out = PayOut.objects.get()
    paid = {**boxes("paid_on", TODAY), "paid_on": str(TODAY)}
    own = money.post(f"/money/pay-outs/{pay_out.pk}/paid/", paid)
    assert "you did the first" in text(own)
    page = text(signed_in(board_member).get(f"/money/pay-outs/{pay_out.pk}/"))
    assert f"Withdrawal of member {member.number}" in page
    signed_in(board_member).post(f"/money/pay-outs/{pay_out.pk}/paid/", paid)
    assert Withdrawal.objects.get().state == "repaid"
    assert member.shares_on(TODAY) == 70
    assert "Repaid" in text(office.get(f"/members/withdrawals/{withdrawal.pk}/"))


def test_who_leaves_by_paper_is_asked_for_no_number(signed_in: SignIn, secretary: User) -> None:
    rules()
    member = enter(shares=33)
    browser = signed_in(secretary)
    url = f"/members/register/{member.number}/withdraw/"
    some = browser.post(url, {"why": "request", **boxes("received", BOARD)})
    assert "Enter how many shares." in text(some)
    browser.post(url, {"why": "left", **boxes("received", BOARD)})
    assert (Withdrawal.objects.get().quantity, Withdrawal.objects.get().why) == (33, "left")


def test_a_refused_decision_keeps_what_was_typed(signed_in: SignIn, secretary: User) -> None:
    rules()
    withdrawal = asked(enter())
    response = signed_in(secretary).post(
        f"/members/withdrawals/{withdrawal.pk}/refuse/",
        {"reason": "A hard year.", **boxes("decided_on", TODAY + dt.timedelta(days=1))},
    )
    assert response.status_code == 400
    page = text(response)
    assert "still to come" in page
    assert "A hard year." in page


def test_cash_suspending_and_paying_again(signed_in: SignIn, treasurer: User) -> None:
    rules(cash_for_withdrawals=pounds(100))
    browser = signed_in(treasurer)
    browser.post("/members/withdrawals/cash/", {"amount": "250", "was": "100.00", "minute": "3"})
    assert SocietyRules.current().cash_for_withdrawals == pounds(250)
    stale = browser.post(
        "/members/withdrawals/cash/", {"amount": "900", "was": "100.00", "minute": "4"}
    )
    assert "By now £250.00 is set aside" in text(stale)
    because = {"because": "A roof to mend.", **boxes("since", TODAY)}
    assert browser.post("/members/withdrawals/suspend/", because).status_code == 400
    decided = {"minute": "2026/3.2", **boxes("decided_on", TODAY)}
    browser.post("/members/withdrawals/suspend/", because | decided)
    page = text(browser.get("/members/withdrawals/"))
    assert "A roof to mend. (Board, 3 March 2026, minute 2026/3.2.)" in page
    assert "While withdrawals are suspended" in page
    browser.post("/members/withdrawals/resume/")
    assert not SocietyRules.current().are_suspended


def test_lists_take_the_same_queries_for_one_and_for_many(
    signed_in: SignIn,
    secretary: User,
    treasurer: User,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    rules()
    actor = Actor("user", user=treasurer)
    browser = signed_in(secretary)
    urls = [
        "/members/withdrawals/",
        "/members/withdrawals/?tab=board",
        "/members/withdrawals/?tab=paying",
        "/members/withdrawals/?tab=settled",
        "/members/estates/",
        "/members/nominations/",
        "/members/evidence/?tab=missing",
        "/members/classes/",
    ]
    counts: dict[str, list[int]] = {url: [] for url in urls}
    for round_ in range(2):
        for number in range(1 + 4 * round_):
            letter = "ABCDEF"[number] + "xyz"[round_]
            agreed(enter(f"{letter}a Dyson"))
            asked(enter(f"{letter}b Dyson"))
            paying(agreed(enter(f"{letter}c Dyson"), 1), actor)
            agreed(enter(f"{letter}d Dyson"), 2, why=Withdrawal.Why.GIFT)
            enter_nomination(enter(f"{letter}e Dyson"))
            died(enter(f"{letter}f Dyson"))
        for url in urls:
            browser.get(url)
            with django_assert_max_num_queries(40) as queries:
                assert browser.get(url).status_code == 200
            counts[url].append(len(queries))
    assert {url: few for url, (few, _many) in counts.items()} == {
        url: many for url, (_few, many) in counts.items()
    }


def test_reading_a_list_is_noted_for_each_person(signed_in: SignIn, secretary: User) -> None:
    rules()
    member = enter()
    agreed(member)
    signed_in(secretary).get("/members/withdrawals/")
    line = ReadLine.objects.get()
    assert (line.subject_id, line.group) == (member.person_id, "money")


# --- Staff: nominations ---------------------------------------------------------------------------


def nomination_post(**changes: object) -> dict[str, object]:
    return {
        **boxes("signed_on", dt.date(2026, 2, 20)),
        **boxes("received_on", dt.date(2026, 2, 24)),
        "name_1": "Ann Dyson",
        "address_1": "2 Mill Row",
        "relation_1": "child",
        "percent_1": "100",
        "staff_1": "no",
        **changes,
    }


def test_a_nomination_is_keyed_and_stands_in_the_book_and_its_copies(
    signed_in: SignIn, secretary: User
) -> None:
    member = enter()
    browser = signed_in(secretary)
    url = f"/members/register/{member.number}/nominations/add/"
    browser.post(url, nomination_post())
    assert "Ann Dyson" in text(browser.get("/members/nominations/"))
    csv = browser.get("/members/nominations/csv/").content.decode()
    assert "Ann Dyson" in csv
    assert browser.get("/members/nominations/pdf/").status_code == 200
    assert ReadLine.objects.filter(why="export", subject_id=member.person_id).count() == 2
    browser.post(
        f"/members/register/{member.number}/nominations/",
        {"ending": "married", **boxes("on", TODAY)},
    )
    assert "The book is empty." in text(browser.get("/members/nominations/"))
    assert "Ann Dyson" in text(browser.get("/members/nominations/?all=1"))


def test_what_is_wrong_with_a_nominee_stands_at_their_box(
    signed_in: SignIn, secretary: User
) -> None:
    enter("Wendy Carr", code="worker")
    member = enter()
    browser = signed_in(secretary)
    url = f"/members/register/{member.number}/nominations/add/"
    third = {
        "name_3": "Wendy Carr",
        "address_3": "1 Loom Lane",
        "relation_3": "other",
        "percent_3": "50",
    }
    response = browser.post(url, nomination_post(percent_1="50", **third, staff_3="no"))
    assert "officer or employee" in str(response.context["form"].errors["staff_3"])
    half = browser.post(url, nomination_post(percent_1="50", name_2="Bea Dyson"))
    assert set(half.context["form"].errors) == {"address_2", "relation_2", "percent_2", "staff_2"}
    browser.post(url, nomination_post(percent_1="50", **third, staff_3="namesake"))
    assert Nomination.objects.count() == 2


def test_a_nominee_who_died_is_struck_out(signed_in: SignIn, secretary: User) -> None:
    [nomination] = enter_nomination(enter())
    response = signed_in(secretary).post(
        f"/members/nominations/{nomination.pk}/died/", boxes("died_on", TODAY)
    )
    assert response.status_code == 302
    assert Nomination.objects.get().ended_on == TODAY


# --- Staff: a death -------------------------------------------------------------------------------


def test_a_death_is_noted_decided_on_and_written_about(signed_in: SignIn, secretary: User) -> None:
    rules()
    member = enter(shares=6_000)
    enter_nomination(member)
    browser = signed_in(secretary)
    noted = browser.post(
        f"/members/register/{member.number}/death/",
        {
            **boxes("died_on", dt.date(2026, 2, 26)),
            **boxes("told_on", TODAY),
            "evidence": "Death certificate",
        },
        follow=True,
    )
    page = text(noted)
    assert "Ceased, shares outstanding" in page
    assert "£5,000.00" in page
    assert "Take it back" in page
    url = f"/members/estates/{member.number}/"
    browser.post(f"{url}nominees/", {"minute": MINUTE, **boxes("decided_on", TODAY)})
    assert "Waits until probate" in text(browser.get(url))
    refused = browser.post(f"{url}rest/", {"minute": MINUTE, **boxes("decided_on", TODAY)})
    assert "only when probate" in text(refused)
    browser.post(
        f"{url}change/",
        {
            "representative": "Cy Dyson",
            "representative_address": "9 Loom Lane",
            **boxes("grant_seen_on", TODAY),
        },
    )
    browser.post(f"{url}rest/", {"minute": MINUTE, **boxes("decided_on", TODAY)})
    parts = Withdrawal.objects.order_by("pk").values_list("payee", "quantity")
    assert list(parts) == [("Ann Dyson", 5_000), ("Cy Dyson", 1_000)]
    assert browser.get(f"{url}letter/").status_code == 200
    assert "Joan Dyson" in text(browser.get("/members/estates/"))
    assert "The estate" not in text(browser.get("/members/estates/?settled=1"))


def test_a_death_noted_by_mistake_is_taken_back_from_its_page(
    signed_in: SignIn, secretary: User
) -> None:
    member = enter()
    died(member)
    browser = signed_in(secretary)
    url = f"/members/estates/{member.number}/"
    assert "What was wrong" in text(browser.post(f"{url}reopen/", {}))
    browser.post(f"{url}reopen/", {"why": "It was their father."})
    assert Member.objects.get().ceased is None
    assert not Estate.objects.exists()


def test_after_a_decision_the_page_offers_no_way_back(signed_in: SignIn, secretary: User) -> None:
    rules()
    member = enter()
    enter_nomination(member)
    estate = died(Member.objects.get())
    pay_nominees(estate=estate, decided_on=TODAY, minute=MINUTE, by=SYSTEM)
    page = text(signed_in(secretary).get(f"/members/estates/{member.number}/"))
    assert "Noted by mistake" not in page
    assert "Ann Dyson" in page


# --- Staff: leaving, moving, evidence, rules ------------------------------------------------------


def test_a_letter_of_resignation_is_keyed(signed_in: SignIn, secretary: User) -> None:
    rules()
    member = enter()
    signed_in(secretary).post(
        f"/members/register/{member.number}/cease/",
        {"reason": "resigned", "shares": "left", **boxes("on", dt.date(2026, 3, 1))},
    )
    assert Member.objects.get().ceased == dt.date(2026, 3, 1)
    assert Withdrawal.objects.get().why == "left"


def test_a_move_shows_on_the_member_s_page_and_the_register_keeps_the_day(
    signed_in: SignIn, secretary: User
) -> None:
    member = enter(code="worker")
    browser = signed_in(secretary)
    url = f"/members/register/{member.number}/class/"
    supported = MemberClass.objects.get(code="supported")
    said = {"entered": supported.pk, "because": "Has support", **boxes("date", BOARD)}
    said |= {"seen": "Care agreement", **boxes("seen_on", BOARD)}
    assert "consent" in text(browser.post(url, said))
    browser.post(url, said | {"minute": MINUTE})
    page = text(browser.get(f"/members/register/{member.number}/"))
    assert "Moved from Care worker." in page
    assert "Supported member" in text(browser.get("/members/register/csv/"))
    earlier = text(browser.get("/members/register/csv/?on=2026-03-01"))
    assert "Care worker" in earlier
    assert "Supported member" not in earlier


def test_evidence_is_noted_and_its_list_kept(signed_in: SignIn, secretary: User) -> None:
    member = enter(code="supported")
    browser = signed_in(secretary)
    assert "Joan Dyson" in text(browser.get("/members/evidence/?tab=missing"))
    browser.post(
        f"/members/register/{member.number}/evidence/",
        {"what": "Care agreement", **boxes("seen_on", BOARD)},
    )
    assert "Nothing to look at." in text(browser.get("/members/evidence/?tab=missing"))
    browser.post(
        f"/members/register/{member.number}/ground/", {"why": "Moved away", **boxes("on", TODAY)}
    )
    assert "Joan Dyson" in text(browser.get("/members/evidence/"))
    assert "Nothing counts today" in text(browser.get(f"/members/register/{member.number}/"))


def test_the_home_page_says_what_waits(signed_in: SignIn, secretary: User) -> None:
    rules()
    asked(enter())
    agreed(enter("Rita Shaw"))
    died(enter("Al Dyson"))
    ended = enter("Bo Dyson", code="supported")
    note_evidence(member=ended, what="x", seen_on=BOARD, until=BOARD, by=SYSTEM)
    gone = enter("Cy Dyson", code="supported")
    end_ground(member=gone, on=TODAY, why="Support ended", by=SYSTEM)
    page = text(signed_in(secretary).get("/home/"))
    for line in (
        "Shares asked back, for the board",
        "Withdrawals to prepare",
        "Estates of members who have died",
        "Members whose ground has ended",
        "Evidence that has run out",
    ):
        assert line in page


def test_the_rules_are_changed_on_their_screen(signed_in: SignIn, treasurer: User) -> None:
    browser = signed_in(treasurer)
    page = browser.get("/members/rules/")
    form = page.context["form"]
    said = {name: form[name].value() for name in form.fields} | {"notice_days": "180"}
    said["shares_paid_first"] = "on"
    browser.post("/members/rules/", said)
    assert SocietyRules.current().notice_days == 180
    stale = browser.post("/members/rules/", said | {"notice_days": "30"})
    assert "Somebody else has changed this" in text(stale)
    nonsense = browser.post("/members/rules/", said | {"highest_interest": "101"})
    assert nonsense.status_code == 400


def test_a_class_is_changed_and_another_added(signed_in: SignIn, secretary: User) -> None:
    classes()
    browser = signed_in(secretary)
    form = browser.get("/members/classes/investor/").context["form"]
    said = {name: form[name].value() for name in form.fields}
    said = {name: value for name, value in said.items() if value is not None and value is not False}
    said |= {"most_votes_percent": "10", "yearly_dues": "£12.50"}
    response = browser.post("/members/classes/investor/", said)
    assert response.status_code == 302, response.context["form"].errors
    investor = MemberClass.objects.get(code="investor")
    assert (investor.most_votes_percent, investor.yearly_dues) == (10, pounds("12.50"))
    assert "10 % of all" in text(browser.get("/members/classes/"))
    new = said | {"code": "tenant", "name": "Tenant", "seen": ""}
    assert browser.post("/members/classes/add/", new | {"code": "No Good"}).status_code == 400
    browser.post("/members/classes/add/", new)
    assert MemberClass.objects.get(code="tenant").name == "Tenant"
