"""Rows for governance's doors: of meetings and votes, between meetings, of partnerships."""

from tests.samples.governance_between import *  # noqa: F403
from tests.samples.governance_meetings import *  # noqa: F403
from tests.samples.governance_partners import *  # noqa: F403
from tests.samples.governance_proposals import *  # noqa: F403
