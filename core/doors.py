"""Who may open which URL: each app's `urls.py` says so beside its patterns, in `DOORS`.

A test walks every URL as every kind of person, in every state of the row, and fails for a URL
that has no door. The views do the guarding; this is what they are held to.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The cast of the test, one for each kind of person. "visitor" is not signed in; "stranger" is
#: signed in without any role; "subject" is the person supported whom the row is about, and
#: "their_carer" the carer who visits them this week.
CAST = (
    "visitor",
    "stranger",
    "member",
    "subject",
    "family",
    "carer",
    "their_carer",
    "coordinator",
    "secretary",
    "treasurer",
    "board",
    "editor",
    "council",
    "administrator",
)
SIGNED_IN = frozenset(CAST) - {"visitor"}
EVERYONE = frozenset(CAST)


@dataclass(frozen=True)
class Door:
    """Who gets past one URL.

    `opens_for` names members of the cast. `row` names the sample row that fills the URL's
    arguments (tests/samples.py); `states` are the values of that row's own state field to try, and
    `only_in` narrows a state to fewer people. `post` says that the URL takes only POST.
    """

    opens_for: frozenset[str]
    row: str = ""
    states: tuple[str, ...] = ()
    only_in: tuple[tuple[str, frozenset[str]], ...] = ()
    post: bool = False

    def opens_in(self, state: str) -> frozenset[str]:
        return dict(self.only_in).get(state, self.opens_for)


def door(*who: str, row: str = "", states: tuple[str, ...] = (), post: bool = False) -> Door:
    """A door for the named people: `door("secretary", "board", row="application")`."""
    return Door(frozenset(who), row=row, states=states, post=post)


PUBLIC = Door(EVERYONE)
FOR_SIGNED_IN = Door(SIGNED_IN)
