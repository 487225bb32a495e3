"""A partnership on its screens: who sees and does what, and how it comes to decide."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.models import PrivateFile, User
from governance import operations as ops
from governance.models import (
    Bid,
    Body,
    CitizenNote,
    FormationStep,
    Outcome,
    OutcomeProposal,
    Partner,
    PartnerAction,
    PartnerAgreement,
    PartnerQuestion,
    PartnerVote,
)
from members.models import Organisation
from tests.governance.conftest import NOW, Society
from tests.governance.partnering import LATER, Partnership

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def said(response: Any) -> str:
    return unescape(response.content.decode())


def at(name: str, *args: object) -> str:
    return reverse(f"governance:{name}", args=args)


def client_of(together: Partnership, key: str, signed_in: SignIn) -> Client:
    user = together.by[key].user
    assert user
    return signed_in(user)


def test_a_partnership_is_formed_on_its_screens(
    society: Society, secretary_client: Client, together: Partnership, signed_in: SignIn
) -> None:
    body = together.body
    page = said(secretary_client.get(at("partnership", body.pk)))
    assert "Voting is locked" in page
    assert "There is no agreement that every partner has signed." in page
    wrong = secretary_client.post(at("step_note", body.pk, "chair"), {"evidence": ""})
    assert wrong.status_code == 400
    for kind in FormationStep.Kind.values:
        secretary_client.post(
            at("step_note", body.pk, kind), {"done_on": "3/3/2026", "evidence": "Minute 1"}
        )
    assert secretary_client.get(at("step_note", body.pk, "tea")).status_code == 404
    words: dict[str, Any] = {"text": "We decide together."}
    for share, partner in zip(("40", "40", "19.99"), together.partners.values(), strict=True):
        words |= {f"does_{partner.pk}": "Its part", f"share_{partner.pk}": share}
    refused = said(secretary_client.post(at("agreement_write", body.pk), words))
    assert "They come to 99.99 %" in refused
    words[f"share_{together.partners['citizens'].pk}"] = "20"
    secretary_client.post(at("agreement_write", body.pk), words)
    secretary_client.post(at("agreement_offer", body.pk))
    for key in ("council", "citizens"):
        mine = together.partners[key].pk
        client = client_of(together, key, signed_in)
        assert "Sign the agreement" in said(client.get(at("partnership", body.pk)))
        client.post(at("agreement_sign", body.pk, mine))
    paper = {"delegate": together.delegates["co-op"].pk, "signed_on": "3/3/2026"}
    done = said(secretary_client.post(at("agreement_paper", body.pk), paper, follow=True))
    assert "The partners can decide" in done
    assert PartnerAgreement.objects.get().state == "live"
    assert "Something was noted too soon" in done
    undone = secretary_client.post(at("step_undo", body.pk, "chair"), follow=True)
    assert "Not done yet: Who is in the chair" in said(undone)


def test_a_partner_joins_leads_and_leaves_on_screen(
    secretary_client: Client, together: Partnership
) -> None:
    body = together.body
    joins = at("partner_new", body.pk)
    neither = {"role": "funder", "joined": "3/3/2026"}
    assert secretary_client.post(joins, neither).status_code == 400
    trust = Organisation.objects.create(name="Damside Trust", kind="charity")
    secretary_client.post(joins, neither | {"organisation": trust.pk})
    made = Partner.objects.get(organisation=trust)
    assert "Damside Trust" in said(secretary_client.get(at("partnership", body.pk)))
    led = secretary_client.post(at("partner_lead", body.pk, made.pk), follow=True)
    assert "has the lead" in said(led)
    made.refresh_from_db()
    assert made.lead
    left = at("partner_leaves", body.pk, made.pk)
    assert "has left" in said(secretary_client.post(left, {"left": "3/3/2026"}, follow=True))
    assert "Damside Trust" not in said(secretary_client.get(at("partnership", body.pk)))


def test_citizens_name_their_own_delegate(together: Partnership, signed_in: SignIn) -> None:
    chair, other = together.person("chair"), together.person("other")
    together.seat(chair, "chair")
    together.seat(other)
    assert chair.user
    client, group = signed_in(chair.user), together.partners["citizens"]
    url = at("delegate_new", together.body.pk, group.pk)
    answers = {"person": other.email, "since": "3/3/2026", "hours": "4"}
    assert "speaks for" in said(client.post(url, answers, follow=True))
    assert group.delegates.filter(person=other).exists()
    council = at("delegate_new", together.body.pk, together.partners["council"].pk)
    assert client.get(council).status_code == 403


def test_nobody_else_looks_into_a_partnership(
    together: Partnership, society: Society, signed_in: SignIn
) -> None:
    member = society.add_member().person
    assert member
    assert member.user
    client = signed_in(member.user)
    question = together.question()
    for url in (
        at("partnership", together.body.pk),
        at("partner_question", question.pk),
        at("partner_outcomes", together.body.pk),
        at("partner_actions", together.body.pk),
    ):
        assert client.get(url).status_code == 404
    assert together.body.name not in said(client.get(at("partnerships")))


def question_answers(together: Partnership, **changes: object) -> dict[str, object]:
    return {
        "title": "Night calls",
        "text": "Shall there be somebody to call at night?",
        "matter": "strategic",
        "effect": "binding",
        "minutes": "60",
        "day": "24/3/2026",
        "clock": "12:00",
        "owner": together.partners["co-op"].pk,
        "due_on": "30/6/2026",
    } | changes


def test_partners_decide_on_screen_and_it_is_followed(
    together: Partnership, secretary_client: Client, signed_in: SignIn, time_machine: Any
) -> None:
    together.ready()
    provider = client_of(together, "co-op", signed_in)
    new = at("partner_question_new", together.body.pk)
    refused = said(provider.post(new, question_answers(together, matter="operational")))
    assert "What is operational binds nobody" in refused
    provider.post(new, question_answers(together))
    question = PartnerQuestion.objects.get()
    assert provider.post(at("partner_question_put", question.pk)).status_code == 403
    secretary_client.post(at("partner_question_put", question.pk))

    citizens = client_of(together, "citizens", signed_in)
    assert "waits for your vote" in said(citizens.get(at("partnerships")))
    vote = at("partner_vote", question.pk, together.partners["co-op"].pk)
    assert citizens.post(vote, {"answer": "for"}).status_code == 403
    provider.post(vote, {"answer": "for"})
    assert PartnerVote.objects.get().answer == "for"
    key = at("partner_vote_key", question.pk)
    posted = {"delegate": together.delegates["citizens"].pk, "answer": "for", "way": "post"}
    secretary_client.post(key, posted)
    row = PartnerVote.objects.get(way="post")
    secretary_client.post(at("partner_vote_strike", question.pk, row.pk))
    secretary_client.post(key, posted)
    early = secretary_client.post(at("partner_question_close", question.pk), follow=True)
    assert "Not every partner has voted" in said(early)
    time_machine.move_to(LATER, tick=False)
    done = ops.close_due_partner_questions(now=LATER, by=together.secretary)
    assert done == 1

    assert together.secretary.user
    later = signed_in(together.secretary.user)
    page = said(later.get(at("partner_question", question.pk)))
    assert "Carried: 2 for, 0 against, 0 abstained. 1 did not vote." in page
    action = PartnerAction.objects.get()
    provider = client_of(together, "co-op", signed_in)
    answers = {"text": "We are hiring.", "state": "under_way", "on": "24/3/2026"}
    provider.post(at("partner_progress", question.pk), answers)
    assert "We are hiring." in said(provider.get(at("partner_question", question.pk)))
    citizens = client_of(together, "citizens", signed_in)
    assert citizens.get(at("partner_progress", question.pk)).status_code == 403
    later.post(at("partner_action_public", question.pk), {"to": "down"})
    action.refresh_from_db()
    assert action.public_since is None
    assert action.title in said(later.get(at("partner_actions", together.body.pk)))


def test_providers_alone_carry_nothing(together: Partnership, secretary_client: Client) -> None:
    together.ready()
    question = together.put()
    together.vote(question, council="for", coop="for")
    together.decide(question)
    page = said(secretary_client.get(at("partner_question", question.pk)))
    assert "Not carried" in page
    assert "Harrow Voices did not take part." in page
    assert not PartnerAction.objects.exists()


def test_what_is_operational_is_not_shown_to_citizens(
    together: Partnership, signed_in: SignIn
) -> None:
    together.ready()
    question = together.question(matter="operational", effect="advisory", owner=None, due_on=None)
    citizens = client_of(together, "citizens", signed_in)
    assert citizens.get(at("partner_question", question.pk)).status_code == 403
    assert question.title not in said(citizens.get(at("partnership", together.body.pk)))
    council = client_of(together, "council", signed_in)
    assert question.title in said(council.get(at("partnership", together.body.pk)))


def test_an_outcome_is_the_citizens_own(together: Partnership, signed_in: SignIn) -> None:
    body = together.body
    citizens = client_of(together, "citizens", signed_in)
    council = client_of(together, "council", signed_in)
    assert council.get(at("outcome_new", body.pk)).status_code == 403
    citizens.post(at("outcome_new", body.pk), {"title": "Sleep", "text": "We sleep through."})
    outcome = Outcome.objects.get()
    theirs = {"title": "Sleep", "text": "Six hours."}
    for url in (at("outcome_reword", body.pk, outcome.pk), at("outcome_drop", body.pk, outcome.pk)):
        assert council.post(url, theirs).status_code == 403
    assert outcome.words.text == "We sleep through."
    council.post(
        at("wording_new", body.pk, outcome.pk), {"text": "Six hours.", "why": "To be counted."}
    )
    proposal = OutcomeProposal.objects.get()
    answers = (body.pk, outcome.pk, proposal.pk)
    assert council.post(at("wording_accept", *answers)).status_code == 403
    assert "The council" not in said(citizens.get(at("partner_outcomes", body.pk)))
    citizens.post(at("wording_refuse", *answers), {"answer": "We are no numbers."})
    assert "We are no numbers." in said(council.get(at("partner_outcomes", body.pk)))
    council.post(
        at("wording_new", body.pk, outcome.pk), {"text": "Through the night.", "why": "Shorter."}
    )
    second = OutcomeProposal.objects.get(state="open")
    citizens.post(at("wording_accept", body.pk, outcome.pk, second.pk))
    outcome.refresh_from_db()
    assert Outcome.objects.get().words.text == "Through the night."
    asked = said(citizens.get(at("outcome_drop", body.pk, outcome.pk)))
    assert "it cannot be taken up again" in asked
    citizens.post(at("outcome_drop", body.pk, outcome.pk))
    assert "Let go on" in said(citizens.get(at("partner_outcomes", body.pk)))


def test_the_lists_ask_little_of_the_database(
    together: Partnership, secretary_client: Client, django_assert_max_num_queries: Any
) -> None:
    together.ready()
    for number in range(6):
        ops.set_outcome(
            partner=together.partners["citizens"],
            title=f"Outcome {number}",
            text="Better.",
            now=NOW,
            by=together.by["citizens"],
        )
        together.put(minutes=5)
    assert Body.objects.filter(kind="partnership").count() == 1
    with django_assert_max_num_queries(45):
        secretary_client.get(at("partnership", together.body.pk))
    with django_assert_max_num_queries(25):
        secretary_client.get(at("partner_outcomes", together.body.pk))
    with django_assert_max_num_queries(25):
        secretary_client.get(at("partnerships"))


def test_a_bid_goes_from_its_beginning_to_its_outcome(
    together: Partnership, secretary_client: Client, signed_in: SignIn, time_machine: Any
) -> None:
    together.ready()
    council, provider = together.partners["council"], together.partners["co-op"]
    answers: dict[str, Any] = {
        "title": "Night calls",
        "funder": "The lottery",
        "lead": council.pk,
        "amount": "12,500.50",
        "deadline": "30/6/2026",
        f"share_{council.pk}": "60",
        f"share_{provider.pk}": "39",
    }
    new = at("bid_new", together.body.pk)
    assert "They come to 99 %" in said(secretary_client.post(new, answers))
    answers[f"share_{provider.pk}"] = "40"
    page = said(secretary_client.post(new, answers, follow=True))
    assert "£12,500.50" in page
    bid = Bid.objects.get()
    lead = client_of(together, "council", signed_in)
    other = client_of(together, "co-op", signed_in)
    assert other.get(at("bid", bid.pk)).status_code == 200
    assert other.get(at("bid_edit", bid.pk)).status_code == 403
    assert "12500.50" in said(lead.get(at("bid_edit", bid.pk)))
    paper = SimpleUploadedFile("bid.pdf", b"%PDF-1.4 bid", content_type="application/pdf")
    assert "bid.pdf" in said(lead.post(at("bid", bid.pk), {"upload": paper}, follow=True))
    file = PrivateFile.objects.get(owner_id=bid.pk)
    assert other.get(reverse("core:private_file", args=[file.pk])).status_code == 200
    late = {"text": "Go?", "minutes": "30", "closing_day": "30/6/2026", "clock": "12:00"}
    assert "before the deadline" in said(lead.post(at("bid_ask", bid.pk), late))
    lead.post(at("bid_ask", bid.pk), late | {"closing_day": "24/3/2026"})
    question = PartnerQuestion.objects.get()
    together.put(question)
    together.vote(question, council="for", coop="for", citizens="for")
    ops.close_partner_question(question=question, now=NOW, by=together.secretary)
    assert "Go" in said(lead.get(at("bid", bid.pk)))
    lead.post(at("bid_sent", bid.pk), {"on": "3/3/2026"})
    won = {"state": "won", "outcome": "All of it.", "on": "3/3/2026"}
    assert "All of it." in said(lead.post(at("bid_outcome", bid.pk), won, follow=True))
    gone = lead.post(at("bid_file_remove", bid.pk, file.pk), follow=True)
    assert "they are kept" in said(gone)
    with_list = said(other.get(at("bids", together.body.pk)))
    assert "Won" in with_list


def test_only_the_group_enters_its_own_space(
    together: Partnership, secretary_client: Client, signed_in: SignIn
) -> None:
    url = at("citizen_space", together.group.pk)
    citizens = client_of(together, "citizens", signed_in)
    assert citizens.post(url, {"text": " "}).status_code == 200
    page = said(citizens.post(url, {"text": "The council never calls back."}, follow=True))
    assert "The council never calls back." in page
    assert secretary_client.get(url).status_code == 404
    assert client_of(together, "council", signed_in).get(url).status_code == 404
    note = CitizenNote.objects.get()
    back = at("citizen_note_back", together.group.pk, note.pk)
    assert secretary_client.post(back).status_code == 404
    page = said(citizens.post(back, follow=True))
    assert "Taken back." in page
    assert "never calls back" not in page


def test_only_who_asks_is_shown_how_to_change_or_drop_a_question(
    together: Partnership, signed_in: SignIn
) -> None:
    council = client_of(together, "council", signed_in)
    council.post(at("partner_question_new", together.body.pk), question_answers(together))
    question = PartnerQuestion.objects.get()
    edit, page = at("partner_question_edit", question.pk), at("partner_question", question.pk)
    assert edit in said(council.get(page))
    assert "Drop it" in said(council.get(page))
    citizens = client_of(together, "citizens", signed_in)
    shown = said(citizens.get(page))
    assert edit not in shown
    assert "Drop it" not in shown
    assert "Asked by" in shown
    assert "60 minutes of each citizen delegate" in shown
    assert citizens.get(edit).status_code == 403
    together.ready()
    together.put(question)
    fixed = council.get(edit)
    assert fixed.status_code == 409
    assert "its words are fixed" in said(fixed)


def test_a_delegate_looks_at_their_answer_once_more(
    together: Partnership, signed_in: SignIn
) -> None:
    question = together.ready().put()
    citizens, mine = client_of(together, "citizens", signed_in), together.partners["citizens"]
    url = at("partner_vote", question.pk, mine.pk)
    page = said(citizens.get(url, {"answer": "against"}))
    assert "You vote for Harrow Voices, once and for good" in page
    assert "Vote: against" in page
    assert not PartnerVote.objects.exists()
    assert citizens.get(url).status_code == 302
    citizens.post(url, {"answer": "against"})
    assert PartnerVote.objects.get().answer == "against"


def test_a_delegate_says_that_a_vote_noted_for_them_is_wrong(
    together: Partnership, signed_in: SignIn
) -> None:
    question = together.ready().put()
    vote = ops.key_partner_vote(
        question=question,
        delegate=together.delegates["citizens"],
        answer="for",
        way="phone",
        now=NOW,
        by=together.secretary,
    )
    citizens = client_of(together, "citizens", signed_in)
    assert "This is wrong" in said(citizens.get(at("partner_question", question.pk)))
    council = client_of(together, "council", signed_in)
    assert "This is wrong" not in said(council.get(at("partner_question", question.pk)))
    citizens.post(at("partner_vote_strike", question.pk, vote.pk))
    shown = said(council.get(at("partner_question", question.pk)))
    assert "Struck out on" in shown
    assert "Harrow Voices, for, noted by telephone" in shown


def test_what_waits_for_a_delegate_stands_on_their_home_page(
    together: Partnership, signed_in: SignIn
) -> None:
    together.form()
    agreement = together.agree("council", "co-op")
    home = reverse("home")
    citizens = client_of(together, "citizens", signed_in)
    assert "Agreement to sign: Upper Harrow Together" in said(citizens.get(home))
    assert "waits for the signature of Harrow Voices" in said(citizens.get(at("partnerships")))
    ops.sign_partner_agreement(
        agreement=agreement,
        delegate=together.delegates["citizens"],
        signed_on=NOW.date(),
        by=together.by["citizens"],
    )
    assert "Agreement to sign" not in said(citizens.get(home))
    question = together.put()
    assert f"Vote: {question.title}" in said(citizens.get(home))
    together.vote(question, citizens="for")
    assert f"Vote: {question.title}" not in said(citizens.get(home))


def test_the_next_version_begins_from_the_one_in_force_and_shows_who_signed(
    together: Partnership, secretary_client: Client
) -> None:
    together.ready()
    form = said(secretary_client.get(at("agreement_write", together.body.pk)))
    assert "We decide together." in form
    assert "Does its part" in form
    page = said(secretary_client.get(at("partnership", together.body.pk)))
    assert "Citizensdelegate Example, Tuesday 3 March 2026" in page
    together.agree()
    page = said(secretary_client.get(at("partnership", together.body.pk)))
    assert "Version 1, replaced" in page
    step = said(secretary_client.get(at("step_note", together.body.pk, "chair")))
    assert "Minute 1" in step


def test_the_rules_of_a_partnership_are_those_that_apply(
    together: Partnership, secretary_client: Client
) -> None:
    body, url = together.body, at("rules", together.body.pk)
    before = body.rule_sets.get()
    page = said(secretary_client.get(url))
    assert "Partners that must take part in a vote" in page
    for other in ("constituency", "casting vote", "quorum, per cent", "written resolution"):
        assert other not in page
    answers = {
        "since": "3/3/2026",
        "notice_days": "7",
        "days_in_post": "3",
        "post_days": "working",
        "quorum_least": "3",
    }
    secretary_client.post(url, answers)
    after = body.rule_sets.get(since=NOW.date())
    assert (after.notice_days, after.quorum_least) == (7, 3)
    assert (after.mode, after.most_proxies) == (before.mode, before.most_proxies)
    shown = said(secretary_client.get(at("body", body.pk)))
    assert "Partners that must take part in a vote" in shown
    assert "casting vote" not in shown


def test_a_partner_is_put_right_and_hours_change_on_screen(
    together: Partnership, secretary_client: Client
) -> None:
    body, partner = together.body, together.partners["co-op"]
    edit = at("partner_edit", body.pk, partner.pk)
    assert edit in said(secretary_client.get(at("partnership", body.pk)))
    answers = {"role": "other", "organisation": partner.organisation_id, "joined": "3/3/2026"}
    secretary_client.post(edit, answers)
    partner.refresh_from_db()
    assert partner.role == "other"
    group, delegate = together.partners["citizens"], together.delegates["citizens"]
    hours = at("delegate_hours", body.pk, group.pk, delegate.pk)
    assert secretary_client.post(hours, {"hours": "99"}).status_code == 400
    secretary_client.post(hours, {"hours": "9"})
    delegate.refresh_from_db()
    assert delegate.hours == 9
    together.ready()
    assert edit not in said(secretary_client.get(at("partnership", body.pk)))
    assert secretary_client.get(edit).status_code == 409


def test_who_voted_stays_on_the_page_of_a_decided_question(
    together: Partnership, secretary_client: Client
) -> None:
    question = together.ready().put()
    together.vote(question, council="for", coop="for")
    together.decide(question)
    council = together.partners["council"]
    ops.partner_leaves(partner=council, left=NOW.date(), by=together.secretary)
    page = said(secretary_client.get(at("partner_question", question.pk)))
    assert "Harrow Council" in page
    assert "Did not vote" in page


def test_the_papers_of_a_bid_are_held_while_the_partners_vote_on_it(
    together: Partnership, signed_in: SignIn
) -> None:
    together.ready()
    council = together.partners["council"]
    bid = ops.prepare_bid(
        body=together.body,
        title="Night calls",
        funder="The lottery",
        lead=council,
        pence=100,
        deadline=LATER.date().replace(month=6),
        shares={council.pk: Decimal(100)},
        by=together.secretary,
    )
    paper = SimpleUploadedFile("bid.pdf", b"%PDF-1.4 bid", content_type="application/pdf")
    file = ops.add_bid_file(bid=bid, upload=paper, by=together.secretary)
    question = ops.ask_go_no_go(
        bid=bid, text="Go?", minutes=5, closes_at=LATER, now=NOW, by=together.by["council"]
    )
    lead = client_of(together, "council", signed_in)
    page = said(lead.get(at("bid", bid.pk)))
    assert "The partners are to be asked" in page
    assert "Take it off" not in page
    assert "Add it" not in page
    assert "they are kept" in said(lead.post(at("bid_file_remove", bid.pk, file.pk)))
    together.put(question)
    citizens = client_of(together, "citizens", signed_in)
    shown = said(citizens.get(at("partner_question", question.pk)))
    assert at("bid", bid.pk) in shown
    assert "£1.00 from The lottery" in shown
    assert "Partners are voting" in said(citizens.get(at("bid", bid.pk)))
