"""Every change of state in governance/, by subject: each verb has its one home here."""

from governance.operations.agenda import add_item, change_item, move_item, remove_item
from governance.operations.attending import (
    check_in,
    check_out,
    declare_interest,
    note_apology,
    note_guest,
    was_not_there,
    withdraw_interest,
)
from governance.operations.ballots import cast_ballot
from governance.operations.bodies import change_body, end_body, make_body, set_rules
from governance.operations.elections import (
    add_candidate,
    change_candidate,
    change_election,
    close_due_votes,
    close_vote,
    freeze_roll,
    make_election,
    open_vote,
    publish_result,
    remove_candidate,
)
from governance.operations.meetings import (
    change_meeting,
    close_meeting,
    make_meeting,
    open_meeting,
)
from governance.operations.notices import call_meeting, mark_posted, record_notice, send_notices
from governance.operations.proxies import accept_proxy, give_proxy, refuse_proxy, revoke_proxy
from governance.operations.rolls import add_voter, strike_voter, take_due_rolls, take_roll
from governance.operations.seats import end_seat, follow_office, give_role, strike_seat, take_seat
from governance.operations.tellers import name_tellers, rehearse, set_passphrase, unseal

__all__ = [
    "accept_proxy",
    "add_candidate",
    "add_item",
    "add_voter",
    "call_meeting",
    "cast_ballot",
    "change_body",
    "change_candidate",
    "change_election",
    "change_item",
    "change_meeting",
    "check_in",
    "check_out",
    "close_due_votes",
    "close_meeting",
    "close_vote",
    "declare_interest",
    "end_body",
    "end_seat",
    "follow_office",
    "freeze_roll",
    "give_proxy",
    "give_role",
    "make_body",
    "make_election",
    "make_meeting",
    "mark_posted",
    "move_item",
    "name_tellers",
    "note_apology",
    "note_guest",
    "open_meeting",
    "open_vote",
    "publish_result",
    "record_notice",
    "refuse_proxy",
    "rehearse",
    "remove_candidate",
    "remove_item",
    "revoke_proxy",
    "send_notices",
    "set_passphrase",
    "set_rules",
    "strike_seat",
    "strike_voter",
    "take_due_rolls",
    "take_roll",
    "take_seat",
    "unseal",
    "was_not_there",
    "withdraw_interest",
]
