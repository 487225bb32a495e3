"""Dues that are asked for no more: in whole or in part, and what came goes back."""

from __future__ import annotations

import pytest

from core.actors import Actor
from core.errors import RuleError
from ledger import chart
from ledger.models import Posting
from members.models import DuesCharge, Member
from members.operations import (
    waive_dues,
)
from tests.members.conftest import TODAY
from tests.members.dues import (
    charge_all,
    owed,
    pay,
)

pytestmark = pytest.mark.django_db


def test_waiving_reverses_the_journal_and_asks_no_more(rita_member: Member, by: Actor) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    with pytest.raises(RuleError, match="Say why"):
        waive_dues(charge=charge, because=" ", today=TODAY, by=by)
    waived = waive_dues(charge=charge, because="Hardship, see Rita", today=TODAY, by=by)
    assert waived.waiver is not None
    assert waived.waiver.reverses == waived.journal
    assert "Rita" not in waived.waiver.memo
    assert waived.order.is_cancelled
    assert owed(rita_member) == 0
    assert chart.DUES not in {
        code for code, pence in Posting.objects.up_to(TODAY).by_account().items() if pence
    }
    with pytest.raises(RuleError, match="already"):
        waive_dues(charge=charge, because="Again", today=TODAY, by=by)
    assert charge_all() == 0  # and is not charged anew


def test_what_is_paid_in_part_cannot_be_waived(rita_member: Member, by: Actor) -> None:
    charge_all()
    charge = DuesCharge.objects.get()
    pay(charge, 5)
    with pytest.raises(RuleError, match="pay it back first"):
        waive_dues(charge=charge, because="Hardship", today=TODAY, by=by)
    assert owed(rita_member) == 7_00
