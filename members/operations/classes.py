"""The classes of membership that a care co-operative starts with."""

from __future__ import annotations

from typing import Any

from core import audit
from core.actors import Actor
from core.registry import operation
from ledger import chart
from members.models import MemberClass, ShareClass

STARTING_CLASSES: tuple[dict[str, Any], ...] = (
    {
        "code": "supported",
        "name": "Supported member",
        "who": "People who get care or support through the co-op.",
        "evidence": "A few words about the support that you get or have asked us for.",
        "constituency": "People supported",
        "is_user_class": True,
    },
    {
        "code": "family",
        "name": "Family carer",
        "who": "Relatives and friends who look after someone in the valley, unpaid.",
        "evidence": "Whom you look after, and how.",
        "constituency": "Families and unpaid carers",
        "is_user_class": True,
    },
    {
        "code": "worker",
        "name": "Care worker",
        "who": "People who work for the co-op, from the end of their trial period.",
        "evidence": "Your job with us and the month in which you started.",
        "constituency": "Care workers",
    },
    {
        "code": "community",
        "name": "Community supporter",
        "who": "Anyone who lives or works in the valley and backs what we do.",
        "evidence": "How you are connected with the valley.",
        "constituency": "Community and partners",
    },
    {
        "code": "organisation",
        "name": "Partner organisation",
        "who": "Charities, councils, health bodies, co-ops and firms that work with us.",
        "evidence": "Your registered number, and the decision of your board to join.",
        "constituency": "Community and partners",
        "for_organisations": True,
    },
    {
        "code": "investor",
        "name": "Investor member",
        "who": "People who put money into the co-op without using or working for it.",
        "evidence": "",
        "constituency": "Investors",
        "minimum_age": 18,
    },
)


@operation(needs="members.keep_register")
def set_up_member_classes(*, by: Actor) -> list[MemberClass]:
    """Make the starting classes that are missing. What a co-op has changed stays as it is."""
    ordinary, _ = ShareClass.objects.get_or_create(
        code="ordinary",
        defaults={"name": "Ordinary shares", "capital_id": chart.SHARE_CAPITAL},
    )
    classes = []
    for order, fields in enumerate(STARTING_CLASSES, start=1):
        member_class, created = MemberClass.objects.get_or_create(
            code=fields["code"], defaults=fields | {"order": order, "share_class": ordinary}
        )
        if created:
            audit.record(by, "members.set_up_member_class", member_class)
        classes.append(member_class)
    return classes
