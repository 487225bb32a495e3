"""The demo co-op's meetings: one open for voting, last year's declared, one being prepared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations

from django.db import transaction

from config.demo.at_meetings import (
    agenda,
    approved_since,
    at,
    board_meets,
    by_hands,
    committee_meets,
    days,
    weekday,
    what_stays,
)
from config.demo.outside_meetings import before_the_meeting, interests, outside_meetings
from config.demo.partnership import partnership
from config.demo.proposals import proposals
from config.demo.world import CAST, World
from config.demo_people import TELLER_PASSPHRASES
from core.actors import Actor
from governance.models import Body, Election, Meeting, RollEntry, Teller
from governance.operations import (
    add_candidate,
    call_for_nominations,
    cast_ballot,
    close_meeting,
    close_vote,
    freeze_roll,
    issue_code,
    make_body,
    make_election,
    make_meeting,
    name_tellers,
    nominate,
    open_meeting,
    open_vote,
    publish_result,
    receive_paper,
    record_notice,
    rehearse,
    set_passphrase,
    stand,
    take_seat,
    unseal,
)
from members.models import Member

STATEMENTS = (
    "I have been on the rota committee since we began. Next I want carers to know their week a "
    "month ahead, and people to see the same three faces.",
    "My mother has been supported by the co-op for four years. I would bring the family's side of "
    "the table, and the questions that get lost between visits.",
    "I kept the books of a building firm for twenty years. A co-op that knows its costs can promise "
    "fair pay and mean it.",
    "I am supported by the co-op myself. Decisions about us should have us in the room, with papers "
    "that everybody can read.",
    "The valley is longer than the bus route. I would like the board to meet in Cloughfoot and "
    "Upper Harrow as well, and to join from home to be as good as being there.",
    "I train new carers. Good training is the cheapest thing that we do, and I would fight for it.",
    "I ran the chapel lunch club until last year. Loneliness is what people talk about most, and it "
    "is the one thing that is on nobody's list.",
)
LAST_YEAR = (
    "Steady finances first, then growth: I would not open in a second valley before this one pays.",
    "I would like every member to have had a conversation with a board member by next summer.",
    "As a care worker I know what a ten-minute visit is like. We should refuse them.",
    "Thirty years as a district nurse. Let us work better with the surgery and the hospital.",
    "I look after my husband. Respite is not a luxury.",
    "We have members who can give a day a week. I would set up a circle of volunteers.",
)


#: Where the demo co-op's own rules say what (made up, like the co-op).
SOURCES = {
    "notice_days": "rule 38",
    "short_notice_percent": "rule 39",
    "early_votes": "rule 48",
    "quorum_least": "rule 41",
    "threshold": "rule 44",
    "rule_change": "rule 96",
    "mode": "rule 45",
    "most_proxies": "rule 47",
    "poll_demand": "rule 46",
    "requisition_percent": "rule 36",
    "seconders": "rule 37",
    "agm_months": "rule 34",
}
#: Who sits where: e-mail, role, how they came to it. Their office is in the register already.
BOARD = (
    ("board@example.org", "chair", "elected"),
    ("secretary@example.org", "secretary", "appointed"),
    ("treasurer@example.org", "treasurer", "elected"),
    ("family@example.org", "member", "elected"),
    ("coordinator@example.org", "member", "co_opted"),
)
COMMITTEE = (
    ("coordinator@example.org", "chair", "appointed"),
    ("carer@example.org", "member", "appointed"),
    ("supported@example.org", "member", "appointed"),
)


def build(world: World) -> None:
    """Last year's meeting first, then the one that is open now, then one to try out."""
    with transaction.atomic():
        body = make_body(
            name="General meeting of members",
            since=world.today - days(800),
            values={
                "early_votes": True,
                "short_notice_percent": 90,
                # The year ended some months ago: its meeting and its return are still to come.
                "year_end_month": (world.today.month - 6) % 12 + 1,
            },
            sources=SOURCES,
            by=world.secretary,
        )
        _board(world)
        _last_year(world, body)
        _open_now(world, body)
        _being_prepared(world, body)
        _nominations(world, body)
        board_meets(world)
        committee_meets(world)
        outside_meetings(world)
        interests(world)
        proposals(world)
        partnership(world)


def _board(world: World) -> None:
    """The board, from the register of officers, and a committee of it."""
    board = make_body(
        name="Board",
        kind="board",
        purpose="Leads the co-op between general meetings, and answers to them.",
        since=world.today - days(800),
        values={"seats": 9, "notice_days": 7, "quorum_least": 3, "most_proxies": 0},
        sources={"seats": "rule 60", "retire_one_in": "rule 62", "quorum_least": "rule 70"},
        by=world.secretary,
    )
    rota = make_body(
        name="Rota committee",
        kind="committee",
        purpose="Looks over the rota with those who work it and those it is for.",
        since=world.today - days(300),
        by=world.secretary,
    )
    for email, role, way in BOARD:
        person = world.people[email]
        since = person.offices.standing().filter(until=None).order_by("since")[0].since
        minute = f"AGM {since:%Y} / 6"
        take_seat(
            body=board,
            person=person,
            role=role,
            way=way,
            since=since,
            minute=minute,
            by=world.secretary,
        )
    for email, role, way in COMMITTEE:
        take_seat(
            body=rota,
            person=world.people[email],
            role=role,
            way=way,
            since=world.today - days(280),
            minute="Board 2026 / 11",
            by=world.secretary,
        )


# --- The three meetings ---------------------------------------------------------------------------


def _open_now(world: World, body: Body) -> None:
    """Called a good two weeks ago; two votes have been open for three days."""
    day = weekday(world.today + days(5), 5)
    meeting = make_meeting(
        body=body,
        kind=Meeting.Kind.AGM,
        title=f"Annual general meeting {day.year}",
        starts_at=at(day, 14),
        place="Weavers Hall, Skelbeck Bridge",
        held="hybrid",
        joining="By telephone on 01632 960 400, or by the link in your e-mail",
        record_date=world.today - days(6),
        notice_text=(
            "There will be soup, cake and a crèche. The hall has level access and a hearing loop. "
            "Tell us by the Wednesday before if you need a lift."
        ),
        by=world.secretary,
    )
    agenda(
        world,
        meeting,
        (
            ("Welcome, and who is here", ""),
            ("Minutes of last year's meeting", ""),
            ("The year's work and the accounts", ""),
            (
                "Two board seats for people who are supported",
                "That the rules be changed so that two of the seats on the board are kept for "
                "members who are supported by the co-op.",
            ),
            ("Election of four directors", ""),
            ("Anything else, and tea", ""),
        ),
    )
    record_notice(meeting=meeting, sent_on=world.today - days(11), by=world.secretary)
    closes_at = at(day - days(1), 20)
    motion = make_election(
        meeting=meeting,
        title="Two board seats for people who are supported",
        explanation="A change of the rules. The board recommends it.",
        motion=meeting.items.get(motion__isnull=False).motion,
        closes_at=closes_at,
        by=world.secretary,
    )
    board = _election(world, meeting, 4, STATEMENTS, closes_at)
    opened = at(world.today - days(3), 9)
    _open(world, meeting, [motion, board], opened)
    voters = _voters(world, board, 60)
    _vote_on_motion(world, motion, voters, in_favour=0.78, now=opened)
    _rank(world, board, voters, opened)
    _other_ways(world, [motion, board])


def _other_ways(world: World, elections: Sequence[Election]) -> None:
    """Some have sent voting papers, and one has asked by telephone for a code."""
    for election in elections:
        assert election.opened_at
        waiting = RollEntry.objects.filter(election=election, state="not_voted")
        others = waiting.exclude(member__person__user__email__in=CAST)
        late = list(others.select_related("member").order_by("member__number")[:7])
        for entry in late[:6]:
            receive_paper(
                election=election,
                member=entry.member,
                now=election.opened_at,
                by=world.secretary,
            )
        issue_code(election=election, member=late[6].member, by=world.secretary)


def _last_year(world: World, body: Body) -> None:
    """Held, counted and declared."""
    day = weekday(world.today - days(366), 5)
    meeting = make_meeting(
        body=body,
        kind=Meeting.Kind.AGM,
        title=f"Annual general meeting {day.year}",
        starts_at=at(day, 14),
        place="The Old Dye Works, Damside",
        record_date=day - days(21),
        by=world.secretary,
    )
    agenda(
        world,
        meeting,
        (
            ("Welcome", ""),
            ("The year's work and the accounts", ""),
            (
                "A living wage for every hour",
                "That every hour worked for the co-op, travel between visits included, be paid at "
                "the real living wage or above.",
            ),
            ("Election of three directors", ""),
            (
                "Bus fares for volunteers",
                "That volunteers' bus fares be paid on the day, from petty cash.",
            ),
        ),
    )
    record_notice(meeting=meeting, sent_on=day - days(24), by=world.secretary)
    closes_at = at(day - days(1), 20)
    motion = make_election(
        meeting=meeting,
        title="A living wage for every hour",
        motion=meeting.items.get(title="A living wage for every hour").motion,
        closes_at=closes_at,
        by=world.secretary,
    )
    board = _election(world, meeting, 3, LAST_YEAR, closes_at)
    opened = at(day - days(10), 9)
    _open(world, meeting, [motion, board], opened)
    voters = _voters(world, board, 84)
    _vote_on_motion(world, motion, voters, in_favour=0.9, now=opened)
    _rank(world, board, voters, opened)
    open_meeting(meeting=meeting, now=meeting.starts_at, by=world.secretary)
    for election in (motion, board):
        _count(world, election, closes_at, at(day, 15))
    by_hands(world, meeting, at(day, 15))
    close_meeting(meeting=meeting, now=at(day, 16), by=world.secretary)
    what_stays(world, meeting)
    approved_since(world, meeting)


def _being_prepared(world: World, body: Body) -> None:
    """A draft that the secretary can call."""
    day = weekday(world.today + days(40), 2)
    meeting = make_meeting(
        body=body,
        kind=Meeting.Kind.GENERAL,
        title="Members' meeting on the new office",
        starts_at=at(day, 19),
        place="Cloughfoot Community Shop, upstairs",
        record_date=day - days(14),
        notice_text="The lease in Damside ends next spring. Come and say where we should go.",
        by=world.secretary,
    )
    agenda(
        world,
        meeting,
        (
            ("Three places that we could rent", ""),
            ("Where next", "That the board take a lease at Netherby Mill, for five years at most."),
        ),
    )


# --- Votes ----------------------------------------------------------------------------------------


def _nominations(world: World, body: Body) -> None:
    """A seat that fell empty: nominations are open, one member stands, another has been asked."""
    day = weekday(world.today + days(50), 2)
    meeting = make_meeting(
        body=body,
        kind=Meeting.Kind.GENERAL,
        title="Meeting to fill a seat on the board",
        starts_at=at(day, 19),
        place="Weavers Hall, Skelbeck Bridge",
        record_date=world.today - days(3),
        by=world.secretary,
    )
    lift = "That members who need a lift to a meeting be fetched, at the co-op's cost."
    agenda(world, meeting, (("Election of a director", ""), ("Lifts to meetings", lift)))
    record_notice(meeting=meeting, sent_on=world.today - days(2), by=world.secretary)
    before_the_meeting(world, meeting)
    election = make_election(
        meeting=meeting,
        title="A seat on the board until next year",
        seats=1,
        closes_at=at(day - days(1), 20),
        by=world.secretary,
    )
    now = at(world.today, 8)
    call_for_nominations(
        election=election,
        begins=now - days(1),
        ends=at(world.today + days(16), 18),
        by=world.secretary,
    )
    others = Member.objects.active_on(meeting.record_date).filter(person__isnull=False)
    first, second, third = others.exclude(person__user__email__in=CAST).order_by("-number")[:3]
    stand(election=election, member=first, statement=STATEMENTS[4], now=now, by=world.secretary)
    for nominator in (second, third):
        nominate(election=election, member=first, nominator=nominator, now=now, by=world.secretary)
    asked = Member.objects.get(person=world.people["member@example.org"])
    nominate(election=election, member=asked, nominator=first, now=now, by=world.secretary)


def _election(
    world: World, meeting: Meeting, seats: int, statements: Sequence[str], closes_at: dt.datetime
) -> Election:
    """An election to the board; who stands is drawn from people in the register, officers apart."""
    election = make_election(
        meeting=meeting,
        title=f"Election to the board {meeting.day.year}",
        explanation="Directors serve for three years.",
        seats=seats,
        closes_at=closes_at,
        by=world.secretary,
    )
    people = Member.objects.active_on(meeting.record_date).filter(person__isnull=False)
    others = people.exclude(person__user__email__in=CAST).order_by("number")
    for member, statement in zip(
        world.random.sample(list(others), len(statements)), statements, strict=True
    ):
        add_candidate(election=election, member=member, statement=statement, by=world.secretary)
    return election


def _open(world: World, meeting: Meeting, elections: Sequence[Election], now: dt.datetime) -> None:
    """Name the tellers, freeze the rolls, set passphrases, rehearse, open."""
    people = [(world.users[email].name, email) for email in TELLER_PASSPHRASES]
    tellers = name_tellers(meeting=meeting, people=people, by=world.secretary)
    for teller in tellers:
        set_passphrase(teller=teller, passphrase=_phrase(teller), by=_as(teller))
    for election in elections:
        freeze_roll(election=election, now=now, by=world.secretary)
    for first, second in combinations(tellers, 2):
        rehearse(
            first=first,
            first_passphrase=_phrase(first),
            second=second,
            second_passphrase=_phrase(second),
            by=_as(first),
        )
    for election in elections:
        open_vote(election=election, now=now, by=world.secretary)


def _phrase(teller: Teller) -> str:
    return TELLER_PASSPHRASES[teller.user.email]


def _as(teller: Teller) -> Actor:
    return Actor("user", user=teller.user)


def _voters(world: World, election: Election, number: int) -> list[Member]:
    """Members who can sign in, nobody of the CAST: they vote for themselves."""
    able = Member.objects.active_on(election.meeting.record_date).filter(
        person__user__isnull=False, ceased__isnull=True
    )
    able = able.exclude(person__user__email__in=CAST).select_related("person__user")
    return world.random.sample(list(able.order_by("number")), number)


def _vote_on_motion(
    world: World,
    election: Election,
    voters: Sequence[Member],
    *,
    in_favour: float,
    now: dt.datetime,
) -> None:
    against = (1 - in_favour) * 0.7
    for member in voters:
        (choice,) = world.random.choices((1, 2, 3), (in_favour, against, 1 - in_favour - against))
        _cast(election, member, [choice], now)


def _rank(world: World, election: Election, voters: Sequence[Member], now: dt.datetime) -> None:
    """Everybody has favourites: some candidates are better known, and few people number them all."""
    chance = world.random
    known = {number: chance.uniform(0.4, 2.5) for number in election.options()}
    for member in voters:
        order = sorted(known, key=lambda number: chance.random() ** (1 / known[number]))[::-1]
        _cast(election, member, order[: chance.choice((1, 2, 3, 3, 4, len(order)))], now)


def _cast(election: Election, member: Member, choices: Sequence[int], now: dt.datetime) -> None:
    assert member.person is not None
    actor = Actor("user", user=member.person.user)
    cast_ballot(election=election, member=member, choices=choices, now=now, by=actor)


def _count(world: World, election: Election, closed: dt.datetime, counted: dt.datetime) -> None:
    """Close, unseal with two tellers, publish."""
    close_vote(election=election, now=closed, by=world.secretary)
    first, second, _third = election.meeting.tellers.order_by("pk")
    unseal(
        election=election,
        first=first,
        first_passphrase=_phrase(first),
        second=second,
        second_passphrase=_phrase(second),
        now=counted,
        by=_as(first),
    )
    publish_result(election=election, now=counted, by=world.secretary)
