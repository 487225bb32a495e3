from django.urls import path

from core.doors import FOR_SIGNED_IN, Door, door
from governance.views import agenda, elections, meetings, notices, results, tellers, voting

app_name = "governance"

urlpatterns = [
    path("", meetings.meetings, name="meetings"),
    path("new/", meetings.meeting_new, name="meeting_new"),
    path("bodies/", meetings.bodies, name="bodies"),
    path("bodies/<int:pk>/", meetings.body, name="body"),
    path("<int:pk>/", meetings.meeting, name="meeting"),
    path("<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("<int:pk>/open/", meetings.meeting_open, name="meeting_open"),
    path("<int:pk>/close/", meetings.meeting_close, name="meeting_close"),
    path("<int:pk>/agenda/", agenda.agenda, name="agenda"),
    path("<int:pk>/agenda/<int:item_pk>/", agenda.agenda_item, name="agenda_item"),
    path("<int:pk>/agenda/<int:item_pk>/move/", agenda.agenda_move, name="agenda_move"),
    path("<int:pk>/agenda/<int:item_pk>/remove/", agenda.agenda_remove, name="agenda_remove"),
    path("<int:pk>/call/", notices.call, name="call"),
    path("<int:pk>/notices/", notices.notices, name="notices"),
    path("<int:pk>/notices/progress/", notices.notice_progress, name="notice_progress"),
    path("<int:pk>/tellers/", tellers.tellers, name="tellers"),
    path("<int:pk>/tellers/name/", tellers.tellers_name, name="tellers_name"),
    path("<int:pk>/tellers/passphrase/", tellers.passphrase, name="passphrase"),
    path("<int:pk>/tellers/rehearse/", tellers.rehearse, name="rehearse"),
    path("<int:pk>/votes/election/", elections.election_new, name="election_new"),
    path("<int:pk>/votes/motion/", elections.motion_vote_new, name="motion_vote_new"),
    path("votes/", voting.votes, name="votes"),
    path("votes/secrecy/", voting.secrecy, name="secrecy"),
    path("votes/<int:pk>/", elections.election, name="election"),
    path("votes/<int:pk>/edit/", elections.election_edit, name="election_edit"),
    path("votes/<int:pk>/candidates/", elections.candidates, name="candidates"),
    path("votes/<int:pk>/candidates/<int:candidate_pk>/", elections.candidate, name="candidate"),
    path(
        "votes/<int:pk>/candidates/<int:candidate_pk>/remove/",
        elections.candidate_remove,
        name="candidate_remove",
    ),
    path("votes/<int:pk>/roll/", elections.roll_freeze, name="roll_freeze"),
    path("votes/<int:pk>/open/", elections.vote_open, name="vote_open"),
    path("votes/<int:pk>/close/", elections.vote_close, name="vote_close"),
    path("votes/<int:pk>/unseal/", tellers.unseal, name="unseal"),
    path("votes/<int:pk>/publish/", elections.result_publish, name="result_publish"),
    path("votes/<int:pk>/paper/<int:member_pk>/", voting.paper, name="paper"),
    path("votes/<int:pk>/result/", results.result, name="result"),
    path("votes/<int:pk>/receipts/", results.receipts, name="receipts"),
    path("votes/<int:pk>/papers.blt", results.papers, name="papers"),
    path("votes/<int:pk>/stages.csv", results.stage_sheet, name="stage_sheet"),
]

SECRETARY = frozenset({"secretary"})
#: In the samples the carer is one of the meeting's tellers.
TELLER = frozenset({"carer"})
MEMBERS = frozenset({"member"})

DOORS: dict[str, Door] = {
    "meetings": FOR_SIGNED_IN,
    "meeting_new": door("secretary"),
    "bodies": door("secretary"),
    "body": door("secretary", row="body"),
    "meeting": Door(
        SECRETARY | TELLER | MEMBERS,
        row="meeting",
        states=("draft", "called", "open", "closed"),
        only_in=(("draft", SECRETARY | TELLER),),
    ),
    "meeting_edit": door("secretary", row="meeting", states=("draft", "called")),
    "meeting_open": door("secretary", row="meeting", states=("called",), post=True),
    "meeting_close": door("secretary", row="meeting", states=("open",), post=True),
    "agenda": door("secretary", row="meeting", states=("draft", "called")),
    "agenda_item": door("secretary", row="agenda_item"),
    "agenda_move": door("secretary", row="agenda_item", post=True),
    "agenda_remove": door("secretary", row="agenda_item", post=True),
    "call": door("secretary", row="meeting", states=("draft", "called")),
    "notices": door("secretary", row="meeting", states=("draft", "called")),
    "notice_progress": door("secretary", row="meeting", states=("called",)),
    "tellers": Door(SECRETARY | TELLER, row="meeting", states=("draft", "called")),
    "tellers_name": door("secretary", row="meeting", states=("draft", "called")),
    "passphrase": Door(TELLER, row="meeting", states=("draft", "called")),
    "rehearse": Door(TELLER, row="meeting", states=("draft", "called")),
    "election_new": door("secretary", row="meeting", states=("draft", "called")),
    "motion_vote_new": door("secretary", row="meeting", states=("draft", "called")),
    "votes": Door(MEMBERS),
    "secrecy": FOR_SIGNED_IN,
    "election": Door(
        SECRETARY | TELLER | MEMBERS,
        row="election",
        states=("draft", "rolled", "open", "closed", "counted", "published"),
        only_in=(("draft", SECRETARY | TELLER), ("rolled", SECRETARY | TELLER)),
    ),
    "election_edit": door("secretary", row="election", states=("draft", "open", "published")),
    "candidates": door("secretary", row="election", states=("draft", "open", "published")),
    "candidate": door("secretary", row="candidate"),
    "candidate_remove": door("secretary", row="candidate", post=True),
    "roll_freeze": door("secretary", row="election", states=("draft", "open"), post=True),
    "vote_open": door("secretary", row="election", states=("draft", "rolled"), post=True),
    "vote_close": door("secretary", row="election", states=("rolled", "open"), post=True),
    "unseal": Door(TELLER, row="election", states=("draft", "open", "closed", "counted")),
    "result_publish": door("secretary", row="election", states=("closed", "counted"), post=True),
    "paper": Door(
        MEMBERS,
        row="paper",
        states=("rolled", "open", "closed"),
        only_in=(("rolled", frozenset()),),
    ),
    # Nobody at all sees a result before the close and the count.
    "result": Door(
        SECRETARY | TELLER | MEMBERS,
        row="election",
        states=("draft", "rolled", "open", "closed", "counted", "published"),
        only_in=(
            ("draft", frozenset()),
            ("rolled", frozenset()),
            ("open", frozenset()),
            ("closed", frozenset()),
            ("counted", SECRETARY | TELLER),
        ),
    ),
    "receipts": Door(
        SECRETARY | TELLER | MEMBERS,
        row="election",
        states=("draft", "open", "closed", "published"),
        only_in=(("draft", frozenset()), ("open", frozenset())),
    ),
    "papers": Door(
        SECRETARY | TELLER | MEMBERS,
        row="large_election",
        states=("open", "closed", "counted", "published"),
        only_in=(
            ("open", frozenset()),
            ("closed", frozenset()),
            ("counted", SECRETARY | TELLER),
        ),
    ),
    "stage_sheet": Door(
        SECRETARY | TELLER | MEMBERS,
        row="election",
        states=("open", "closed", "counted", "published"),
        only_in=(
            ("open", frozenset()),
            ("closed", frozenset()),
            ("counted", SECRETARY | TELLER),
        ),
    ),
}
