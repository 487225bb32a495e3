"""What is on somebody's home page: what waits for them, how things stand, where to go.

Each part belongs to a right; somebody with several rights sees several parts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from djmoney.money import Money

from cms.models import InterestRegistration
from core.charts import Chart, bar_chart, stacked_bar
from core.models import OutboxMessage, User
from governance.models import (
    Election,
    KeyBox,
    Meeting,
    OpinionPoll,
    PartnerQuestion,
    RollEntry,
    Teller,
    WrittenVoice,
)
from governance.partnership import agreements_to_sign
from ledger.models import PayOut
from ledger.money import in_words, pence_of
from members.acting import authorities_of
from members.arrears import owed_by
from members.models import (
    Application,
    DataRequest,
    DuesCharge,
    Estate,
    Letter,
    Member,
    SocietyRules,
    Withdrawal,
)
from members.withdrawal_queue import queue_now
from rota.models import Assignment, PublishedVisit, Rota
from services.models import PersonSupported, Visit


@dataclass(frozen=True)
class Task:
    """Something that waits for this person. `tone` as in the design system's tags."""

    title: str
    url: str
    state: str
    tone: str = "warn"
    hint: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure: how things stand."""

    label: str
    value: str
    url: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Home:
    tasks: list[Task]
    figures: list[Figure]
    charts: list[Chart]


def home_for(user: User, now: dt.datetime) -> Home:
    """Everything on the home page of `user` at `now`."""
    today = timezone.localdate(now)
    return Home(
        tasks=[
            *_votes(user, now),
            *_telling(user),
            *_asked(user, today),
            *_partners(user, now, today),
            *_own_money(user, today),
            *_acting(user, today),
            *_applications(user),
            *_letters(user),
            *_data_requests(user, today),
            *_withdrawals(user, today),
            *_pay_outs(user),
            *_estates(user),
            *_evidence(user, today),
            *_interest(user),
            *_rotas(user, today),
            *_mail(user),
        ],
        figures=[*_register(user, today), *_care(user, now, today), *_carer(user, now)],
        charts=[*_classes(user, today), *_week(user, today)],
    )


def _votes(user: User, now: dt.datetime) -> Iterator[Task]:
    """Open votes that this member has not yet taken part in, and votes that wait for the count."""
    if user.has_perm("governance.vote"):
        members = Member.objects.active_on(timezone.localdate(now)).of_user(
            user, timezone.localdate(now)
        )
        open_votes = RollEntry.objects.filter(
            member__in=members,
            state=RollEntry.State.NOT_VOTED,
            election__in=Election.objects.open_at(now),
        ).select_related("election")
        for entry in open_votes:
            yield Task(
                title=f"Vote: {entry.election.title}",
                url=reverse("governance:paper", args=[entry.election_id, entry.member_id]),
                state="Open",
                tone="accent",
                hint=f"until {_day(entry.election.closes_at)}",
            )
    closed = Election.objects.filter(state="closed").select_related("meeting")
    if not user.has_perm("governance.run_election"):
        closed = closed.filter(meeting__tellers__user=user)
    for election in closed:
        yield Task(
            title=f"To be counted: {election.title}",
            url=reverse("governance:election", args=[election.pk]),
            state="Closed",
            hint="Two tellers open the ballot box.",
        )


def _telling(user: User) -> Iterator[Task]:
    """What waits for a teller before voting opens: a passphrase, a rehearsal."""
    meetings = Meeting.objects.upcoming()
    mine = Teller.objects.filter(user=user, meeting__in=meetings).select_related("meeting")
    to_rehearse = set(
        KeyBox.objects.filter(
            election__meeting__in=mine.values("meeting"),
            election__state__in=["draft", "rolled"],
            rehearsed=False,
        ).values_list("election__meeting", flat=True)
    )
    for teller in mine:
        page = reverse("governance:tellers", args=[teller.meeting_id])
        where = teller.meeting.title
        if teller.public_key is None:
            yield Task("Set your passphrase as a teller", page, "To do", hint=where)
        elif teller.meeting_id in to_rehearse:
            yield Task("Rehearse with the other tellers", page, "To do", hint=where)


def _asked(user: User, today: dt.date) -> Iterator[Task]:
    """What members are asked between meetings, and have not answered yet."""
    voices = WrittenVoice.objects.of_user(user, today).filter(choice="", resolution__state="open")
    for voice in voices.select_related("resolution"):
        yield Task(
            title=f"Decide in writing: {voice.resolution.title}",
            url=reverse("governance:written_one", args=[voice.resolution_id]),
            state="Open",
            tone="accent",
            hint=f"until {voice.resolution.last_day:%-d %B}",
        )
    mine = Member.objects.of_user(user, today).active_on(today)
    polls = OpinionPoll.objects.open_on(today).exclude(answers__member__in=mine)
    for poll in polls if mine else ():
        yield Task(
            title=poll.question,
            url=reverse("governance:opinion_poll", args=[poll.pk]),
            state="Open",
            hint=f"What do you think? It decides nothing. Until {poll.last_day:%-d %B}",
        )


def _partners(user: User, now: dt.datetime, today: dt.date) -> Iterator[Task]:
    """What waits for the vote, or the signature, of a partner for which this user speaks."""
    waiting = PartnerQuestion.objects.waiting_for(user, now, today).select_related("body")
    for question in waiting:
        yield Task(
            title=f"Vote: {question.title}",
            url=reverse("governance:partner_question", args=[question.pk]),
            state="Open",
            tone="accent",
            hint=f"{question.body.name}, until {_day(question.closes_at)}",
        )
    for agreement, partner in agreements_to_sign(user, today):
        yield Task(
            title=f"Agreement to sign: {agreement.body.name}",
            url=reverse("governance:partnership", args=[agreement.body_id]),
            state="To sign",
            tone="accent",
            hint=f"for {partner}",
        )


def _own_money(user: User, today: dt.date) -> Iterator[Task]:
    """What this member, or an organisation they act for, has to pay: dues and shares."""
    members = Member.objects.of_user(user, today)
    charges = DuesCharge.objects.unpaid().filter(member__in=members)
    owed = sum(owed_by(members).values(), Money(0, "GBP"))
    if owed:
        due_on = min(filter(None, charges.values_list("order__due_on", flat=True)), default=None)
        late = due_on is not None and due_on < today
        yield Task(
            title="Your dues",
            url=reverse("members:my_dues"),
            state=f"{in_words(pence_of(owed))} to pay",
            tone="bad" if late else "warn",
            hint=f"{'were' if late else 'are'} due on {due_on:%-d %B %Y}" if due_on else "",
        )
    unpaid = sum(one.unpaid_pence for one in members.with_amount_paid(today))  # type: ignore[attr-defined]
    if unpaid > 0:
        yield Task(
            title="Shares of yours that are not paid for",
            url=reverse("members:my_shares"),
            state=f"{in_words(unpaid)} to pay",
            tone="bad",
        )


def _applications(user: User) -> Iterator[Task]:
    waiting = (
        Application.objects.waiting().count() if user.has_perm("members.view_applications") else 0
    )
    if waiting:
        yield Task(
            title="Applications for the board",
            url=reverse("members:applications"),
            state=f"{waiting} waiting",
        )


def _withdrawals(user: User, today: dt.date) -> Iterator[Task]:
    """What the board has to decide on, and what can be paid now."""
    if user.has_perm("members.keep_withdrawals"):
        asked = Withdrawal.objects.filter(state=Withdrawal.State.ASKED).count()
        if asked:
            yield Task(
                title="Shares asked back, for the board",
                url=reverse("members:withdrawals") + "?tab=board",
                state=f"{asked} waiting",
            )
    rules = SocietyRules.current()
    if user.has_perm("ledger.prepare_pay_outs") and not rules.are_suspended:
        payable = sum(bool(place.turn.shares_now) for place in queue_now(rules, today))
        if payable:
            yield Task(
                title="Withdrawals to prepare",
                url=reverse("members:withdrawals"),
                state=f"{payable} in turn",
                hint="The cash set aside reaches for them.",
            )


def _pay_outs(user: User) -> Iterator[Task]:
    """What somebody else has prepared and this person may pay."""
    if user.has_perm("ledger.make_pay_outs"):
        waiting = PayOut.objects.waiting().exclude(prepared_by=user).count()
        if waiting:
            yield Task(
                title="Pay-outs that wait for a second person",
                url=reverse("ledger:pay_outs"),
                state=f"{waiting} to pay",
            )


def _estates(user: User) -> Iterator[Task]:
    if user.has_perm("members.keep_register"):
        still_open = Estate.objects.filter(settled_on=None).count()
        if still_open:
            yield Task(
                title="Estates of members who have died",
                url=reverse("members:estates"),
                state=f"{still_open} open",
                tone="info",
            )


def _evidence(user: User, today: dt.date) -> Iterator[Task]:
    """Evidence that has run out, or a ground that has ended; not what was never seen."""
    if user.has_perm("members.keep_register"):
        found = Member.objects.lacking_evidence(today)
        ended = found.ground_ended().count()
        if ended:
            yield Task(
                title="Members whose ground has ended, for the board",
                url=reverse("members:evidence"),
                state=f"{ended} to decide",
            )
        ran_out = found.evidence_ran_out().count()
        if ran_out:
            yield Task(
                title="Evidence that has run out",
                url=reverse("members:evidence") + "?tab=ran_out",
                state=f"{ran_out} to ask for",
                tone="info",
            )


def _acting(user: User, today: dt.date) -> Iterator[Task]:
    """For whom this user may act: one line, however many."""
    people = {one.person_id: str(one.person) for one in authorities_of(user, today)}
    if people:
        yield Task(
            title="Act for somebody",
            url=reverse("members:acting"),
            state="You may",
            tone="info",
            hint=", ".join(people.values()),
        )


def _letters(user: User) -> Iterator[Task]:
    if not user.has_perm("members.keep_letters"):
        return
    waiting = Letter.objects.waiting().count()
    if waiting:
        yield Task("Letters to print", reverse("members:letters"), f"{waiting} waiting")
    printed = Letter.objects.to_post().count()
    if printed:
        url = f"{reverse('members:letters')}?state={Letter.State.PRINTED}"
        yield Task("Letters to post", url, f"{printed} printed")


def _data_requests(user: User, today: dt.date) -> Iterator[Task]:
    if not user.has_perm("members.answer_data_requests"):
        return
    due = DataRequest.objects.open().order_by("due_on").values_list("due_on", flat=True)
    if due:
        overdue = due[0] < today
        yield Task(
            title="Somebody asks for their data",
            url=reverse("members:data_requests"),
            state=f"{len(due)} open",
            tone="bad" if overdue else "warn",
            hint=f"due on {due[0]:%-d %B}",
        )


def _interest(user: User) -> Iterator[Task]:
    if not user.has_perm("cms.view_interest"):
        return
    new = InterestRegistration.objects.filter(state="confirmed", invited_at=None).count()
    if new:
        yield Task(
            title="People who would like to hear from us",
            url=reverse("cms:interest"),
            state=f"{new} not yet invited",
            tone="info",
        )


def _rotas(user: User, today: dt.date) -> Iterator[Task]:
    if not user.has_perm("rota.build_rota"):
        return
    for rota in Rota.objects.exclude(state=Rota.State.PUBLISHED).filter(week_start__gte=today):
        yield Task(
            title=f"Rota for the week from {rota.week_start:%-d %B}",
            url=reverse("rota:week", args=[rota.pk]),
            state=rota.get_state_display(),
            hint=f"{_unfilled(rota)} visits without enough carers",
        )


def _mail(user: User) -> Iterator[Task]:
    failed = (
        OutboxMessage.objects.filter(state="failed").count()
        if user.has_perm("core.keep_mail")
        else 0
    )
    if failed:
        yield Task(
            title="Mail that could not be sent",
            url=reverse("core:unsent_mail"),
            state=f"{failed} given up",
            tone="bad",
        )


def _register(user: User, today: dt.date) -> Iterator[Figure]:
    if user.has_perm("members.view_register"):
        members = Member.objects.active_on(today)
        new = members.filter(joined__gte=today - dt.timedelta(days=90)).count()
        yield Figure(
            "Members", str(members.count()), reverse("members:register"), f"{new} in three months"
        )
    coming = Meeting.objects.visible_to(user).upcoming().filter(starts_at__date__gte=today).first()
    if coming and (user.has_perm("governance.vote") or user.has_perm("governance.arrange_meeting")):
        yield Figure(
            "Next meeting",
            f"{timezone.localtime(coming.starts_at):%-d %B}",
            reverse("governance:meeting", args=[coming.pk]),
            coming.title,
        )


def _care(user: User, now: dt.datetime, today: dt.date) -> Iterator[Figure]:
    if not user.has_perm("services.view_people"):
        return
    people = PersonSupported.objects.visible_to(user, now)
    yield Figure("People supported", str(people.count()), reverse("services:people"))
    visits = _visits_on(today, today)
    yield Figure("Visits today", str(visits.count()), reverse("rota:weeks"))


def _carer(user: User, now: dt.datetime) -> Iterator[Figure]:
    if not user.has_perm("rota.work_visits"):
        return
    mine = PublishedVisit.objects.visible_to(user).filter(ends_at__gte=now).order_by("starts_at")
    coming = mine.first()
    if coming:
        yield Figure(
            "Your next visit",
            f"{timezone.localtime(coming.starts_at):%H:%M}",
            reverse("rota:my_week"),
            _day(coming.starts_at),
        )


def _classes(user: User, today: dt.date) -> Iterator[Chart]:
    if user.has_perm("members.view_register"):
        counts = (
            Member.objects.active_on(today)
            .values_list("member_class__name")
            .annotate(number=Count("pk"))
            .order_by("member_class__order")
        )
        yield bar_chart("Members by class", list(counts), unit="members")


def _week(user: User, today: dt.date) -> Iterator[Chart]:
    """This week's visits by day: with a carer, and still without."""
    if not user.has_perm("rota.build_rota"):
        return
    monday = today - dt.timedelta(days=today.weekday())
    days = [monday + dt.timedelta(days=number) for number in range(7)]
    needed = dict.fromkeys(days, 0)
    for date, carers in _visits_on(days[0], days[-1]).values_list("date", "carers_needed"):
        needed[date] += carers
    filled = dict.fromkeys(days, 0)
    filled |= dict(
        Assignment.objects.filter(visit__in=_visits_on(days[0], days[-1]))
        .values_list("visit__date")
        .annotate(number=Count("pk"))
        .order_by()
    )
    yield stacked_bar(
        "This week’s calls",
        [f"{day:%a}" for day in days],
        {
            "With a carer": [filled[day] for day in days],
            "Without": [needed[day] - filled[day] for day in days],
        },
        unit="calls",
    )


def _visits_on(first: dt.date, last: dt.date) -> QuerySet[Visit]:
    return Visit.objects.planned().filter(date__gte=first, date__lte=last)


def _unfilled(rota: Rota) -> int:
    visits = _visits_on(rota.week_start, rota.last_day)
    crews = visits.annotate(crew=Count("assignments")).values_list("crew", "carers_needed")
    return sum(crew < needed for crew, needed in crews)


def _day(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%A %-d %B}"
