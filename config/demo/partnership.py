"""The demo co-op's partnership with the council and the citizens of Upper Harrow."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from config.demo.at_meetings import at, days
from config.demo.world import World
from core.actors import Actor
from governance.models import Body, Delegate, FormationStep, Partner
from governance.operations import (
    PartWanted,
    add_partner,
    choose_lead,
    close_partner_question,
    draft_partner_agreement,
    key_partner_vote,
    make_body,
    name_delegate,
    note_formation_step,
    note_partner_progress,
    offer_partner_agreement,
    prepare_bid,
    prepare_partner_question,
    propose_wording,
    put_partner_question,
    set_outcome,
    sign_partner_agreement,
    take_seat,
    vote_as_partner,
)
from members.models import Organisation, Person

#: What each partner does, and its share of what all contribute.
PARTS = {
    "council": ("Pays for the co-ordinator, and opens its doors to the group", "50"),
    "provider": ("Gives care, and says each quarter how it went", "40"),
    "citizens": ("Says what should get better, and whether it has", "10"),
}
EVIDENCE = {
    "terms": "Paper 1, agreed in the chapel",
    "chair": "In turn, a meeting each: minute 2",
    "notice": "Fourteen clear days: minute 3",
    "quorum": "Two of the three: minute 4",
    "training": "An afternoon together in the chapel hall",
}


def partnership(world: World) -> None:
    """Formed and agreed; one question carried and under way, another open, a bid being prepared."""
    begun = world.today - days(200)
    body = _body(world, "partnership", "Upper Harrow Together", begun)
    partners, speak = _partners(world, body, begun)
    _formed(world, body, partners, speak, begun + days(20))
    _decided(world, body, partners, speak)
    _asked_now(world, body, partners, speak)
    _outcomes(world, partners)
    prepare_bid(
        body=body,
        title="A night service for the upper valley",
        funder="The Moorland Community Fund",
        lead=partners["council"],
        pence=4_800_000,
        deadline=world.today + days(75),
        shares={
            partners["council"].pk: Decimal(20),
            partners["provider"].pk: Decimal(70),
            partners["citizens"].pk: Decimal(10),
        },
        by=world.secretary,
    )


def _body(world: World, kind: str, name: str, since: dt.date) -> Body:
    purpose = {
        "partnership": "The council, the co-op and the people of Upper Harrow decide together what "
        "care there is up the valley.",
        "citizens": "People of Upper Harrow who need care, or look after somebody.",
    }[kind]
    return make_body(name=name, kind=kind, purpose=purpose, since=since, by=world.secretary)


def _partners(
    world: World, body: Body, since: dt.date
) -> tuple[dict[str, Partner], dict[str, Delegate]]:
    group = _body(world, "citizens", "Harrow Voices", since)
    citizen = world.people["family@example.org"]
    take_seat(
        body=group,
        person=citizen,
        role="chair",
        way="elected",
        since=since,
        minute="Voices 1",
        by=world.secretary,
    )
    officer = Person.objects.create(
        first_name="Olivia",
        last_name="Barraclough",
        email="council@example.org",
        user=world.users["council@example.org"],
    )
    speakers = {
        "council": (officer, None),
        "provider": (world.people["board@example.org"], None),
        "citizens": (citizen, 8),
    }
    organisations = {
        "council": Organisation.objects.create(name="Harrowdale Council", kind="council"),
        "provider": Organisation.objects.create(
            name="Skelbeck Valley Care Co-operative", kind="co-op"
        ),
    }
    partners, speak = {}, {}
    for role, (person, hours) in speakers.items():
        partner = add_partner(
            body=body,
            role=role,
            joined=since,
            organisation=organisations.get(role),
            citizens=group if role == "citizens" else None,
            by=world.secretary,
        )
        partners[role] = partner
        speak[role] = name_delegate(
            partner=partner, person=person, since=since, hours=hours, by=world.secretary
        )
    choose_lead(partner=partners["council"], by=world.secretary)
    return partners, speak


def _formed(
    world: World,
    body: Body,
    partners: dict[str, Partner],
    speak: dict[str, Delegate],
    day: dt.date,
) -> None:
    for kind in FormationStep.Kind.values:
        note_formation_step(
            body=body, kind=kind, done_on=day, evidence=EVIDENCE[kind], by=world.secretary
        )
    agreement = draft_partner_agreement(
        body=body,
        text="Each of us has one vote. Nothing is carried against the citizens, or without them. "
        "What we decide we do, and say in public how it goes.",
        parts={
            partners[role].pk: PartWanted(does, Decimal(share))
            for role, (does, share) in PARTS.items()
        },
        by=world.secretary,
    )
    offer_partner_agreement(agreement=agreement, on=day, by=world.secretary)
    for delegate in speak.values():
        sign_partner_agreement(
            agreement=agreement, delegate=delegate, signed_on=day + days(3), by=world.secretary
        )


def _decided(
    world: World, body: Body, partners: dict[str, Partner], speak: dict[str, Delegate]
) -> None:
    """Carried with the citizens' vote by post; the co-op has begun."""
    put_on = world.today - days(60)
    question = prepare_partner_question(
        body=body,
        title="A visit at bedtime every day",
        text="Shall whoever needs help to go to bed get it at the hour they choose, until eleven?",
        matter="strategic",
        effect="binding",
        minutes=60,
        closes_at=at(put_on + days(20), 12),
        owner=partners["provider"],
        due_on=world.today + days(40),
        now=at(put_on, 9),
        by=world.secretary,
    )
    put_partner_question(question=question, now=at(put_on, 9), by=world.secretary)
    for role, way in (("council", "phone"), ("provider", "phone"), ("citizens", "post")):
        key_partner_vote(
            question=question,
            delegate=speak[role],
            answer="for",
            way=way,
            now=at(put_on + days(6), 10),
            by=world.secretary,
        )
    decision = close_partner_question(
        question=question, now=at(put_on + days(20), 13), by=world.secretary
    )
    note_partner_progress(
        action=decision.action,
        text="Two carers have taken on late rounds. Seven of the eleven who asked have their hour.",
        state="under_way",
        on=world.today - days(12),
        by=world.secretary,
    )


def _asked_now(
    world: World, body: Body, partners: dict[str, Partner], speak: dict[str, Delegate]
) -> None:
    """Open: the council has voted, and it waits for the others."""
    now = at(world.today - days(2), 9)
    question = prepare_partner_question(
        body=body,
        title="Somebody to call at night",
        text="Shall there be one telephone number for the whole valley at night, with a carer who "
        "can come within the hour?",
        matter="strategic",
        effect="binding",
        minutes=45,
        closes_at=at(world.today + days(16), 18),
        owner=partners["provider"],
        due_on=world.today + days(120),
        now=now,
        by=world.secretary,
    )
    put_partner_question(question=question, now=now, by=world.secretary)
    vote_as_partner(
        question=question,
        partner=partners["council"],
        answer="for",
        now=now + days(1),
        by=Actor("user", user=world.users["council@example.org"]),
    )


def _outcomes(world: World, partners: dict[str, Partner]) -> None:
    """What the citizens want; and what a partner would rather it said."""
    citizen = Actor("user", user=world.users["family@example.org"])
    then = at(world.today - days(90), 10)
    for title, text in (
        ("Our own hours", "We get up and go to bed when we like, not when the rota likes."),
        ("Faces that we know", "No more than six different people come to a house in a month."),
    ):
        outcome = set_outcome(
            partner=partners["citizens"], title=title, text=text, now=then, by=citizen
        )
    propose_wording(
        outcome=outcome,
        partner=partners["provider"],
        text="No more than eight different people come to a house in a month.",
        why="With holidays and illness six cannot be promised in every month.",
        now=at(world.today - days(9), 10),
        by=Actor("user", user=world.users["board@example.org"]),
    )
