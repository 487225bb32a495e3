from cms.views.interest import (
    confirm_interest,
    interest_sent,
    register_interest,
    withdraw_interest,
)
from cms.views.public import feed, media, robots, sitemap
from cms.views.secretary import (
    enter_interest,
    interest,
    interest_export,
    invite_interested,
    move_group,
)
from cms.views.wagtail import editors_only, open_to_all

__all__ = [
    "confirm_interest",
    "editors_only",
    "enter_interest",
    "feed",
    "interest",
    "interest_export",
    "interest_sent",
    "invite_interested",
    "media",
    "move_group",
    "open_to_all",
    "register_interest",
    "robots",
    "sitemap",
    "withdraw_interest",
]
