"""The rota's changes of state, by subject."""

from rota.operations.carers import (
    Hours,
    add_absence,
    add_carer,
    change_carer,
    end_hours,
    let_carer_sign_in,
    remove_absence,
    set_hours,
)
from rota.operations.crews import (
    assign,
    free_visits,
    pin_visit,
    release_visits,
    unassign,
    undo_change,
)
from rota.operations.publishing import publish
from rota.operations.solving import (
    Claim,
    accept_solution,
    claim_search,
    fail_search,
    fill_greedily,
    make_rota,
    start_search,
    stop_search,
)

__all__ = [
    "Claim",
    "Hours",
    "accept_solution",
    "add_absence",
    "add_carer",
    "assign",
    "change_carer",
    "claim_search",
    "end_hours",
    "fail_search",
    "fill_greedily",
    "free_visits",
    "let_carer_sign_in",
    "make_rota",
    "pin_visit",
    "publish",
    "release_visits",
    "remove_absence",
    "set_hours",
    "start_search",
    "stop_search",
    "unassign",
    "undo_change",
]
