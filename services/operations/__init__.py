"""The services app's changes of state, by subject."""

from services.operations.access import (
    Window,
    align_team_access,
    close_access,
    open_access,
    replace_access,
)

__all__ = [
    "Window",
    "align_team_access",
    "close_access",
    "open_access",
    "replace_access",
]
