"""Every change of state in governance/, by subject: each verb has its one home here."""

from governance.operations.adjourning import adjourn_meeting
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
from governance.operations.batches import (
    finish_keying,
    key_again,
    key_papers,
    make_batch,
    remove_batch,
    unkey_papers,
)
from governance.operations.bodies import change_body, end_body, make_body, set_rules
from governance.operations.candidates import (
    add_candidate,
    change_candidate,
    remove_candidate,
    withdraw_candidate,
)
from governance.operations.codes import issue_code, print_codes, send_code_batch, send_codes
from governance.operations.divisions import (
    begin_division,
    close_poll,
    count_hands,
    demand_poll,
    record_vote,
)
from governance.operations.early_votes import vote_early
from governance.operations.elections import (
    change_election,
    close_due_votes,
    close_vote,
    freeze_roll,
    make_election,
    open_vote,
    publish_result,
)
from governance.operations.envelopes import give_back_paper, receive_paper, take_phone_vote
from governance.operations.follow_up import (
    add_action,
    end_action,
    record_decision,
    reopen_action,
    review_decision,
)
from governance.operations.meetings import (
    cancel_meeting,
    change_meeting,
    change_place,
    close_meeting,
    make_meeting,
    open_meeting,
)
from governance.operations.minutes import (
    approve_minutes,
    circulate_minutes,
    draft_minutes,
    publish_minutes,
    sign_minutes,
    take_minutes_down,
    write_minutes,
)
from governance.operations.motions import (
    move_amendment,
    register_change,
    withdraw_amendment,
    withdraw_motion,
)
from governance.operations.nominations import (
    accept_nomination,
    call_for_nominations,
    nominate,
    refuse_nomination,
    stand,
    withdraw_nomination,
)
from governance.operations.notices import (
    call_meeting,
    follow_up_lost_notices,
    note_came_back,
    record_notice,
    send_notices,
)
from governance.operations.proxies import accept_proxy, give_proxy, refuse_proxy, revoke_proxy
from governance.operations.record import take_checkpoints
from governance.operations.requisitions import (
    call_requisitioned,
    settle_requisitions,
    sign_requisition,
    start_requisition,
    withdraw_requisition,
    withdraw_signature,
)
from governance.operations.rolls import add_voter, strike_voter, take_due_rolls, take_roll
from governance.operations.seats import end_seat, follow_office, give_role, strike_seat, take_seat
from governance.operations.series import (
    begin_agenda,
    begin_series,
    end_series,
    prepare_due_meetings,
)
from governance.operations.shorter_notice import note_shorter_notice, take_back_shorter_notice
from governance.operations.signatures import close_signing, note_signature, strike_signature
from governance.operations.tellers import name_tellers, rehearse, set_passphrase, unseal
from governance.operations.telling import tell_of_announcement
from governance.operations.written import (
    answer_in_writing,
    lapse_resolutions,
    send_round,
    tell_of_resolution,
    withdraw_resolution,
)

__all__ = [
    "accept_nomination",
    "accept_proxy",
    "add_action",
    "add_candidate",
    "add_item",
    "add_voter",
    "adjourn_meeting",
    "answer_in_writing",
    "approve_minutes",
    "begin_agenda",
    "begin_division",
    "begin_series",
    "call_for_nominations",
    "call_meeting",
    "call_requisitioned",
    "cancel_meeting",
    "cast_ballot",
    "change_body",
    "change_candidate",
    "change_election",
    "change_item",
    "change_meeting",
    "change_place",
    "check_in",
    "check_out",
    "circulate_minutes",
    "close_due_votes",
    "close_meeting",
    "close_poll",
    "close_signing",
    "close_vote",
    "count_hands",
    "declare_interest",
    "demand_poll",
    "draft_minutes",
    "end_action",
    "end_body",
    "end_seat",
    "end_series",
    "finish_keying",
    "follow_office",
    "follow_up_lost_notices",
    "freeze_roll",
    "give_back_paper",
    "give_proxy",
    "give_role",
    "issue_code",
    "key_again",
    "key_papers",
    "lapse_resolutions",
    "make_batch",
    "make_body",
    "make_election",
    "make_meeting",
    "move_amendment",
    "move_item",
    "name_tellers",
    "nominate",
    "note_apology",
    "note_came_back",
    "note_guest",
    "note_shorter_notice",
    "note_signature",
    "open_meeting",
    "open_vote",
    "prepare_due_meetings",
    "print_codes",
    "publish_minutes",
    "publish_result",
    "receive_paper",
    "record_decision",
    "record_notice",
    "record_vote",
    "refuse_nomination",
    "refuse_proxy",
    "register_change",
    "rehearse",
    "remove_batch",
    "remove_candidate",
    "remove_item",
    "reopen_action",
    "review_decision",
    "revoke_proxy",
    "send_code_batch",
    "send_codes",
    "send_notices",
    "send_round",
    "set_passphrase",
    "set_rules",
    "settle_requisitions",
    "sign_minutes",
    "sign_requisition",
    "stand",
    "start_requisition",
    "strike_seat",
    "strike_signature",
    "strike_voter",
    "take_back_shorter_notice",
    "take_checkpoints",
    "take_due_rolls",
    "take_minutes_down",
    "take_phone_vote",
    "take_roll",
    "take_seat",
    "tell_of_announcement",
    "tell_of_resolution",
    "unkey_papers",
    "unseal",
    "vote_early",
    "was_not_there",
    "withdraw_amendment",
    "withdraw_candidate",
    "withdraw_interest",
    "withdraw_motion",
    "withdraw_nomination",
    "withdraw_requisition",
    "withdraw_resolution",
    "withdraw_signature",
    "write_minutes",
]
