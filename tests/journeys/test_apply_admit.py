"""A visitor applies, leaves, comes back, and is admitted; then sees the membership."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from core.actors import SYSTEM
from core.audit import seal, verify
from core.models import AuditLine, OutboxMessage, User
from members.models import Application, Member
from members.operations import set_up_member_classes

pytestmark = pytest.mark.django_db


def test_from_the_website_to_the_register(
    secretary: User, signed_in: Callable[[User], Client]
) -> None:
    classes = {one.code: one.pk for one in set_up_member_classes(by=SYSTEM)}

    # On the library's computer, halfway.
    library = Client()
    library.post("/members/join/class/", {"member_class": classes["family"]})
    about = {"first_name": "Shabana", "last_name": "Malik", "born": "4 May 1979"}
    library.post("/members/join/about/", about)
    library.post("/members/join/later/", {"email": "shabana@example.org"})
    assert library.get("/members/join/check/").url == "/members/join/"

    # At home, with the code from the e-mail.
    home = Client()
    home.post("/members/join/back/", {"email": "shabana@example.org"})
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", OutboxMessage.objects.get().text)
    assert code is not None
    home.post("/members/join/code/", {"email": "shabana@example.org", "code": code.group()})
    home.post(
        "/members/join/contact/",
        {
            "email": "shabana@example.org",
            "address_line_1": "2 Goit Side",
            "town": "Damside",
            "postcode": "qx7 2ab",
            "format": "large",
        },
    )
    home.post("/members/join/evidence/", {"evidence": "I look after my father."})
    home.post("/members/join/shares/", {"shares": "25", "agreed": "on"})
    assert home.post("/members/join/check/").url == "/members/join/done/"

    # A cheque comes, and then the board meets.
    office = signed_in(secretary)
    listed = office.get("/members/applications/").content.decode()
    assert "Shabana Malik" in listed
    assert "Ready for the board" not in listed
    application = Application.objects.get()
    assert application.submitted_at is not None
    cheque = {
        "method": "cheque",
        "amount": "25",
        "made_on": application.submitted_at.date().isoformat(),
        "once": "a-key",
    }
    office.post(f"/members/applications/{application.pk}/payment/", cheque)
    assert "£25.00 has come." in home.get("/members/join/done/").content.decode()
    assert "Ready for the board" in office.get("/members/applications/").content.decode()
    office.post(
        f"/members/applications/{application.pk}/admit/",
        {"board_meeting": application.submitted_at.date().isoformat(), "minute": "14.2"},
    )
    member = Member.objects.get()
    assert "Shabana Malik" in office.get("/members/register/").content.decode()

    # And the new member.
    assert member.person is not None
    assert member.person.user is not None
    shabana = signed_in(member.person.user)
    page = shabana.get("/members/me/").content.decode()
    assert f"<dd>{member.number}</dd>" in re.sub(r"\s", "", page)
    assert "Large print" in page
    assert shabana.get("/members/register/").status_code == 403

    # Everything left its line, and the lines hold.
    done = set(AuditLine.objects.values_list("action", flat=True))
    assert {"members.submit", "members.resume", "members.admit", "core.create_user"} <= done
    seal("audit")
    seal("read")
    assert verify("audit").is_sound
    assert verify("read").is_sound
