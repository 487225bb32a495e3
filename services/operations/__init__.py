"""The services app's changes of state, by subject."""

from services.operations.access import (
    Window,
    align_team_access,
    close_access,
    open_access,
    replace_access,
)
from services.operations.agreements import (
    NO_LONGER_DRAFT,
    add_line,
    agree_version,
    change_line,
    close_ended_agreements,
    discard_draft,
    draft_agreement,
    end_agreement,
    new_version,
    redate_draft,
    remove_line,
)
from services.operations.people import (
    add_person_supported,
    add_to_circle,
    end_pause,
    end_support,
    let_in,
    move_home,
    pause_visits,
    welcome,
)
from services.operations.visits import (
    HORIZON,
    cancel_visit,
    generate_visits,
    reinstate_visit,
)

__all__ = [
    "HORIZON",
    "NO_LONGER_DRAFT",
    "Window",
    "add_line",
    "add_person_supported",
    "add_to_circle",
    "agree_version",
    "align_team_access",
    "cancel_visit",
    "change_line",
    "close_access",
    "close_ended_agreements",
    "discard_draft",
    "draft_agreement",
    "end_agreement",
    "end_pause",
    "end_support",
    "generate_visits",
    "let_in",
    "move_home",
    "new_version",
    "open_access",
    "pause_visits",
    "redate_draft",
    "reinstate_visit",
    "remove_line",
    "replace_access",
    "welcome",
]
