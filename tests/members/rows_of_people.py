"""A row of every kind that points at a person, in whatever app: one maker for each relation.

Whoever adds a foreign key to members.Person adds its maker here: merging two people and telling
somebody all that is held about them are then tested with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Model
from django.utils import timezone

from core.actors import SYSTEM
from core.operations import create_user
from governance.models import (
    Action,
    AgendaItem,
    Body,
    CitizenNote,
    Delegate,
    Interest,
    InterestsConfirmed,
    Meeting,
    Minutes,
    Notice,
    Partner,
    Remark,
    RuleSet,
    Seat,
    ShorterNotice,
    Voter,
    WrittenResolution,
    WrittenVoice,
)
from members.models import (
    Application,
    Authority,
    Consent,
    DataRequest,
    Letter,
    Member,
    MemberClass,
    MergedPerson,
    Nomination,
    Office,
    Organisation,
    Person,
    Qualification,
    Representative,
    SetApart,
    Skill,
)
from members.operations import set_up_member_classes
from rota.models import Carer
from services.models import (
    AccessLink,
    Agreement,
    AgreementLine,
    AgreementVersion,
    PersonSupported,
)
from tests.members.conftest import TODAY

YEAR = dt.timedelta(days=365)


def somebody(name: str = "Ann") -> Person:
    return Person.objects.create(first_name=name, last_name="Other")


def _class() -> MemberClass:
    return next(one for one in set_up_member_classes(by=SYSTEM) if one.code == "community")


def _member(person: Person) -> Member:
    number = Member.objects.next_number()
    return Member.objects.create(
        number=number, person=person, member_class=_class(), joined=TODAY - YEAR
    )


def _authority(person: Person, by: Person) -> Authority:
    return Authority.objects.create(
        person=person, by=by, ground="helper", scope=["membership"], since=TODAY
    )


def _nomination(person: Person) -> Nomination:
    return Nomination.objects.create(
        member=_member(somebody()),
        nominee=person,
        nominee_name="As known",
        nominee_address="Here",
        relation="child",
        signed_on=TODAY,
        received_on=TODAY,
    )


def _preferred(person: Person) -> Model:
    supported = PersonSupported.objects.create(
        person=somebody(), latitude=53.7, longitude=-2, since=TODAY
    )
    agreement = Agreement.objects.create(person_supported=supported, first_day=TODAY)
    version = AgreementVersion.objects.create(agreement=agreement, number=1, since=TODAY)
    line = AgreementLine.objects.create(
        version=version,
        what="Breakfast",
        rrule="FREQ=DAILY",
        first_day=TODAY,
        start_time=dt.time(8),
        minutes=30,
    )
    line.preferred_carers.add(person)
    link: Model = AgreementLine.preferred_carers.through.objects.get(person=person)
    return link


def _user_of(person: Person) -> int:
    return create_user(email=f"reader{person.pk}@example.org", name="Rea Reader", by=SYSTEM).pk


def _seat(person: Person) -> Seat:
    body = Body.objects.create(kind="committee", name=f"Committee {person.pk}")
    return Seat.objects.create(body=body, person=person, way="elected", since=TODAY, lot=1)


def _voice(person: Person) -> WrittenVoice:
    board, then = _board(), timezone.now()
    resolution = WrittenResolution.objects.create(
        body=board,
        rule_set=RuleSet.objects.create(body=board, since=TODAY - YEAR),
        title="Rent",
        text="That we pay it.",
        sent_round_at=then,
        lapses_at=then + YEAR,
    )
    return WrittenVoice.objects.create(resolution=resolution, person=person)


def _voter(person: Person) -> Voter:
    return Voter.objects.create(meeting=_meeting_of(_board()), person=person)


def _meeting_of(body: Body) -> Meeting:
    return Meeting.objects.create(
        body=body,
        kind="board",
        title="Board",
        starts_at=timezone.now(),
        place="Hall",
        record_date=TODAY,
    )


def _board() -> Body:
    return Body.objects.create(kind=Body.Kind.BOARD, name=f"Board {Body.objects.count()}")


def _citizens() -> Body:
    return Body.objects.create(kind="citizens", name=f"Voices {Body.objects.count()}")


def _partner() -> Partner:
    body = Body.objects.create(kind="partnership", name=f"Partnership {Body.objects.count()}")
    return Partner.objects.create(body=body, citizens=_citizens(), role="citizens", joined=TODAY)


MAKERS: dict[str, Callable[[Person], Model]] = {
    "governance.action.owner": lambda person: Action.objects.create(
        body=_board(), text="Ring the landlord", owner=person, due_on=TODAY
    ),
    "governance.citizennote.person": lambda person: CitizenNote.objects.create(
        body=_citizens(), person=person, text="We meet at six.", written_at=timezone.now()
    ),
    "governance.delegate.person": lambda person: Delegate.objects.create(
        partner=_partner(), person=person, since=TODAY, hours=6
    ),
    "governance.minutes.signed_by": lambda person: Minutes.objects.create(
        meeting=_meeting_of(_board()), signed_by=person
    ),
    "governance.interest.person": lambda person: Interest.objects.create(
        person=person, kind="work", text="Works for the council.", since=TODAY
    ),
    "governance.interestsconfirmed.person": lambda person: InterestsConfirmed.objects.create(
        person=person, on=TODAY
    ),
    "governance.notice.person": lambda person: Notice.objects.create(
        meeting=_meeting_of(_board()), person=person, way="post"
    ),
    "governance.remark.author": lambda person: Remark.objects.create(
        item=AgendaItem.objects.create(meeting=_meeting_of(_board()), position=1, title="Rent"),
        author=person,
        text="I am for it.",
        said_at=timezone.now(),
    ),
    "governance.seat.person": _seat,
    "governance.shorternotice.person": lambda person: ShorterNotice.objects.create(
        meeting=_meeting_of(_board()), person=person, way="said"
    ),
    "governance.voter.person": _voter,
    "governance.writtenvoice.person": _voice,
    "members.application.known_person": lambda person: Application.objects.create(
        reference="APP-1", known_person=person
    ),
    "members.authority.by": lambda person: _authority(somebody(), person),
    "members.authority.person": lambda person: _authority(person, somebody()),
    "members.consent.person": lambda person: Consent.objects.create(
        person=person, purpose="news", given=True, wording="Please send me news.", how="web"
    ),
    "members.datarequest.person": lambda person: DataRequest.objects.create(
        person=person, received_on=TODAY, due_on=TODAY
    ),
    "members.letter.person": lambda person: Letter.objects.create(
        key=f"letter-{person.pk}", kind="members.welcome", person=person, subject="Welcome"
    ),
    "members.member.person": _member,
    "members.mergedperson.kept": lambda person: MergedPerson.objects.create(
        gone=987_654, kept=person
    ),
    "members.nomination.nominee": _nomination,
    "members.office.person": lambda person: Office.objects.create(
        person=person, post="chair", since=TODAY
    ),
    "members.qualification.person": lambda person: Qualification.objects.create(
        person=person, skill=Skill.objects.create(code="hoist", name="Hoist"), since=TODAY
    ),
    "members.representative.person": lambda person: Representative.objects.create(
        person=person,
        organisation=Organisation.objects.create(name="A trust", kind="charity"),
        since=TODAY,
    ),
    "members.setapart.first": lambda person: SetApart.objects.create(
        first=person, second=somebody()
    ),
    "members.setapart.second": lambda person: SetApart.objects.create(
        first=somebody(), second=person
    ),
    "rota.carer.person": lambda person: Carer.objects.create(
        person=person,
        latitude=53.7,
        longitude=-2,
        contract_minutes=600,
        weekly_cap_minutes=900,
        since=TODAY,
    ),
    "services.accesslink.person": lambda person: AccessLink.objects.create(
        person=person, user_id=_user_of(person), ground="family", since=timezone.now()
    ),
    "services.agreementline_preferred_carers.person": _preferred,
    "services.personsupported.person": lambda person: PersonSupported.objects.create(
        person=person, latitude=53.7, longitude=-2, since=TODAY
    ),
}
