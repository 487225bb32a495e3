"""No result before its time: every door, as every person, at each stage of a vote."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from core.models import User
from core.permissions import Role
from governance import operations as ops
from governance import urls
from governance.models import Election
from members.models import Member
from tests.governance.conftest import AFTER, Society, text, user_of

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
ONE_DAY = dt.timedelta(days=1)


def every_door(election: Election, member: Member) -> list[str]:
    """Every address of governance, about this election, its meeting and this member."""
    addresses = []
    for pattern in urls.urlpatterns:
        about_vote = str(pattern.pattern).startswith("votes/")
        known = {
            "pk": election.pk if about_vote else election.meeting_id,
            "member_pk": member.pk,
            "item_pk": election.meeting.items.all()[0].pk,
            "candidate_pk": 1,
            "version": "members" if "minutes" in str(pattern.pattern) else 1,
            "seat_pk": 1,
            "voter_pk": 1,
            "attendance_pk": 1,
            "recusal_pk": 1,
            "proxy_pk": 1,
            "code": "1.x",
            "kind": "ranking",
            "batch_pk": 1,
            "amendment_pk": 1,
            "division_pk": 1,
            "signature_pk": 1,
            "nomination_pk": 1,
            "notice_pk": 1,
            "voice_pk": 1,
            "partner_pk": 1,
            "person_pk": 1,
            "filed_pk": 1,
            "interest_pk": 1,
            "delegate_pk": 1,
            "outcome_pk": 1,
            "proposal_pk": 1,
            "vote_pk": 1,
            "note_pk": 1,
            "file_pk": uuid.UUID(int=1),
            "agreed_pk": 1,
            "seconder_pk": 1,
        }
        kwargs = {key: known[key] for key in pattern.pattern.converters}
        addresses.append(reverse(f"governance:{pattern.name}", kwargs=kwargs))
    return addresses


def test_no_door_shows_a_result_before_it_is_published(
    society: Society, signed_in: SignIn, make_user: Callable[..., User]
) -> None:
    """Every page that these people can open is read for the tally, at each stage of the vote."""
    society.numbers_from = 101  # nobody's register number is the tally
    members = society.add_members(20)
    meeting = society.meeting(motion="That the rules change.")
    election = society.open(society.motion_vote(meeting))
    for index, member in enumerate(members[:17]):
        society.vote(election, member, 1 if index < 13 else 2)
    teller = meeting.tellers.first()
    assert teller
    assert society.secretary.user
    people = {
        "secretary": society.secretary.user,
        "teller": teller.user,
        "member": user_of(members[19]),
        "board": make_user("bea", Role.BOARD),
    }
    telling = ("13 for", "Carried", "The motion is", "For: 13", ">13<")

    def who_sees() -> set[str]:
        seen = set()
        for name, user in people.items():
            client = signed_in(user)
            for address in every_door(election, members[19]):
                response = client.get(address)
                if response["Content-Type"] == "application/zip":
                    assert election.result.published_at
                    continue
                page = text(response)
                if any(words in page for words in telling):
                    seen.add(name)
        return seen

    assert who_sees() == set()
    society.close(election)
    assert who_sees() == set()
    society.unseal(election)
    assert who_sees() == {"secretary", "teller"}
    ops.publish_result(election=election, now=AFTER, by=society.secretary)
    assert who_sees() == {"secretary", "teller", "member", "board"}  # and everybody else
