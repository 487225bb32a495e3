"""Shares that go out again, up to the queue: asked for, taken back, agreed to or refused.

A member asks; notice runs; the board agrees or refuses at its discretion. Until they are paid the
member holds the shares and keeps every right that goes with them.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError, refuse_day_to_come
from core.registry import operation
from ledger import chart
from ledger.models import PayOut
from members.models import Member, ShareClass, ShareTransaction, SocietyRules, Withdrawal
from members.operations.holdings import change_holding
from members.rules.authority import NO_GIFTS
from members.rules.withdrawals import payable_from, withdrawal_refusal
from members.speaking_for import MONEY, speaks_for
from members.withdrawal_queue import holding_of
from members.writing import write_to

State = Withdrawal.State
Why = Withdrawal.Why
#: A second request of the same kind in so short a time is the first one, sent twice.
SAME_WITHIN = dt.timedelta(minutes=1)


@operation(needs=None)
def ask_withdrawal(
    *,
    member: Member,
    quantity: int,
    share_class: ShareClass | None = None,
    why: Withdrawal.Why = Why.REQUEST,
    received: dt.date | None = None,
    by: Actor,
) -> Withdrawal:
    """Ask for the value of shares back, give it to the co-op, or ask for all and leave.

    By the member, by who acts for them in money, or keyed by staff from paper that came on the day
    `received`. Never more than is held, paid for and not asked for already; who stays keeps the
    minimum of the class; nobody under 16 (2014 Act, section 31). It is taken while withdrawals are
    suspended too: that stops paying, not asking. Who acts for the member gives nothing away. The
    same again within a minute is a button that was pressed twice: one request.
    """
    today = timezone.localdate()
    staff = by.may("members.keep_withdrawals")
    if not staff and not speaks_for(member, by, MONEY, today):
        raise PermissionDenied("members.ask_withdrawal")
    asked_on = received if received and staff else today
    # One change of a holding at a time, so that two requests never ask for the same shares.
    member = Member.objects.select_for_update().get(pk=member.pk)
    refuse_day_to_come(asked_on, "received")
    if asked_on < member.joined:
        raise RuleError("That is before the member was entered.", field="received")
    if why not in (Why.REQUEST, Why.GIFT, Why.LEFT):
        raise ValueError(f"Nobody asks for shares with the reason {why}.")
    if why == Why.GIFT and by.acting_for is not None:
        raise RuleError(NO_GIFTS, field="why")
    if member.person and member.person.died_on:
        raise RuleError("The member has died. Their estate has a page of its own.")
    share_class = share_class or member.member_class.share_class
    moment_ago = timezone.now() - SAME_WITHIN
    alike = member.withdrawals.filter(share_class=share_class, quantity=quantity, why=why)
    if same := alike.filter(state=State.ASKED, asked_on=asked_on, noted_at__gte=moment_ago).first():
        return same
    leaves = why == Why.LEFT and member.is_active_on(today)
    holding = holding_of(member, share_class, today)
    if refusal := withdrawal_refusal(quantity, holding, leaves=leaves):
        raise RuleError(refusal, field="quantity")
    notice = 0 if why == Why.GIFT else SocietyRules.current().notice_days
    withdrawal = Withdrawal.objects.create(
        member=member,
        share_class=share_class,
        quantity=quantity,
        why=why,
        asked_on=asked_on,
        notice_ends_on=payable_from(asked_on, notice),
    )
    audit.record(by, "members.ask_withdrawal", withdrawal, member=member.pk, quantity=quantity)
    write(withdrawal, "asked", "We have your request about your shares", by)
    return withdrawal


@operation(needs=None)
def take_back_withdrawal(*, withdrawal: Withdrawal, by: Actor) -> Withdrawal:
    """Take a request back, until it is being paid. The shares stay as they are."""
    staff = by.may("members.keep_withdrawals")
    if not staff and not speaks_for(withdrawal.member, by, MONEY, timezone.localdate()):
        raise PermissionDenied("members.take_back_withdrawal")
    if withdrawal.why == Why.DEATH:
        raise RuleError(
            "This is what the board decided about an estate: it is taken back on the page of that."
        )
    open_still = Withdrawal.objects.filter(pk=withdrawal.pk, state__in=[State.ASKED, State.AGREED])
    if open_still.update(state=State.TAKEN_BACK) != 1:
        raise RuleError(why_not(withdrawal))
    withdrawal.refresh_from_db()
    audit.record(by, "members.take_back_withdrawal", withdrawal)
    write(withdrawal, "taken_back", "Your request about your shares is taken back", by)
    return withdrawal


@operation(needs="members.keep_withdrawals")
def agree_withdrawal(
    *, withdrawal: Withdrawal, decided_on: dt.date, minute: str, by: Actor
) -> Withdrawal:
    """Note that the board agreed: the request joins the queue, in order of agreement.

    A gift needs no cash: the shares are withdrawn and their value given at once, since a society
    cannot hold its own shares.
    """
    _board_decides(withdrawal, decided_on)
    if not minute.strip():
        raise RuleError("Give the number of the minute.", field="minute")
    decision = {"decided_on": decided_on, "minute": minute.strip()}
    asked = Withdrawal.objects.filter(pk=withdrawal.pk, state=State.ASKED)
    if asked.update(state=State.AGREED, **decision) != 1:
        raise RuleError(why_not(withdrawal))
    withdrawal.refresh_from_db()
    audit.record(by, "members.agree_withdrawal", withdrawal)
    if withdrawal.why == Why.GIFT:
        _give(withdrawal, by)
    else:
        write(withdrawal, "agreed", "The board has agreed to your request", by)
    return withdrawal


def _give(withdrawal: Withdrawal, by: Actor) -> None:
    """The shares become a donation: Dr share capital, Cr donations."""
    given = change_holding(
        member=withdrawal.member,
        share_class=withdrawal.share_class,
        kind=ShareTransaction.Kind.GIFT,
        quantity=-withdrawal.quantity,
        date=timezone.localdate(),
        against=chart.DONATIONS,
        key=f"withdrawal:{withdrawal.pk}",
        minute=withdrawal.minute,
        by=by,
    )
    agreed = Withdrawal.objects.filter(pk=withdrawal.pk, state=State.AGREED)
    if agreed.update(state=State.REPAID, transaction=given) != 1:
        raise RuleError(why_not(withdrawal))
    withdrawal.refresh_from_db()
    write(withdrawal, "given", "Thank you for your gift", by)


@operation(needs="members.keep_withdrawals")
def refuse_withdrawal(
    *, withdrawal: Withdrawal, decided_on: dt.date, reason: str, minute: str = "", by: Actor
) -> Withdrawal:
    """Note that the board refused, with a reason that the member reads. The shares stay."""
    _board_decides(withdrawal, decided_on)
    if not reason.strip():
        raise RuleError("Give the board's reason.", field="reason")
    asked = Withdrawal.objects.filter(pk=withdrawal.pk, state=State.ASKED)
    decided = asked.update(
        state=State.REFUSED,
        decided_on=decided_on,
        refusal_reason=reason.strip(),
        minute=minute.strip(),
    )
    if decided != 1:
        raise RuleError(why_not(withdrawal))
    withdrawal.refresh_from_db()
    audit.record(by, "members.refuse_withdrawal", withdrawal)
    write(withdrawal, "refused", "The board has decided on your request", by)
    return withdrawal


def _board_decides(withdrawal: Withdrawal, decided_on: dt.date) -> None:
    if decided_on > timezone.localdate():
        raise RuleError("The board's meeting is still to come.", field="decided_on")
    if decided_on < withdrawal.asked_on:
        raise RuleError("That is before it was asked for.", field="decided_on")


def why_not(withdrawal: Withdrawal) -> str:
    """Why nothing of the kind can be done with a request any more, or not yet."""
    withdrawal.refresh_from_db(fields=["state"])
    return {
        State.ASKED: "The board has not agreed to this request yet.",
        State.AGREED: "The board has agreed to this request already.",
        State.PAYING: "This request is being paid.",
        State.REPAID: "This request has been settled already.",
        State.REFUSED: "The board has refused this request.",
        State.TAKEN_BACK: "This request has been taken back.",
    }[State(withdrawal.state)]


def write(
    withdrawal: Withdrawal, step: str, subject: str, by: Actor, *, of: PayOut | None = None
) -> None:
    """Tell the member how their request stands: once a step, or once of each pay-out."""
    turn = f":{of.pk}" if of else ""
    write_to(
        withdrawal.member.holder,
        key=f"members.withdrawal_{step}:{withdrawal.pk}{turn}",
        kind=f"members.withdrawal_{step}",
        subject=subject,
        template=f"members/mail/withdrawal_{step}.txt",
        context={
            "member": withdrawal.member,
            "withdrawal": withdrawal,
            "value": withdrawal.value,
            "rules": SocietyRules.current(),
        },
        by=by,
    )
