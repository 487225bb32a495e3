"""What the lines of a bank statement are: explained by a person, and undone by one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.awaited import (
    MAX_WORDS,
    ForOrder,
    InBooks,
    Part,
    ToAccount,
    parts_of,
    proposals,
    unseen,
    waiting,
)
from ledger.models import (
    Account,
    BankAccount,
    BankLine,
    BankMatch,
    Journal,
    KnownPayer,
    Order,
    Party,
    Payment,
    StatementImport,
)
from ledger.money import in_words, pounds_of
from ledger.operations.journal import move, post, reverse
from ledger.operations.paper import record_payment, record_remittance, undo_payment
from ledger.operations.statements import BETWEEN
from ledger.reports import balance_of
from ledger.statements import payer_text

State = BankLine.State
Method = Payment.Method
#: So many are explained at one press: more would keep a person waiting.
AT_ONCE = 200
#: What banks call a standing order, in the type of a line.
STANDING = frozenset({"SO", "STO", "S/O", "STANDING ORDER"})
#: What a journal of a line is called, by the account that it is to.
KINDS = {chart.CASH: "cash-banked", BETWEEN: "between-banks", chart.SUSPENSE: "put-aside"}


@operation(needs="ledger.keep_payments")
def match_line(*, line: BankLine, parts: Sequence[Part], why: str = "", by: Actor) -> BankLine:
    """Say what a line of the bank is, to the penny.

    For each order a payment is recorded; what stands in the books already is only linked; what
    belongs to an account is written there. All of it or nothing, and once: of two who explain the
    same line, the second is told. Who paid for whom is kept in mind for the next time.
    """
    account = BankAccount.objects.select_for_update().get(pk=line.bank_account_id)
    claimed = BankLine.objects.filter(pk=line.pk, state=State.NEW).update(
        state=State.MATCHED,
        why=why.strip()[:200] or "Chosen by hand.",
        matched_at=timezone.now(),
        matched_by=by.user,
    )
    line.refresh_from_db()
    if claimed != 1:
        raise RuleError(_not_waiting(line))
    _check(line, parts)
    orders = [part for part in parts if isinstance(part, ForOrder)]
    _pay(line, account, orders, by)
    for part in parts:
        if isinstance(part, InBooks):
            _link(line, account, part)
        elif isinstance(part, ToAccount):
            _write(line, account, part, by)
    _learn(line, [part.order.party for part in orders])
    audit.record(
        by,
        "ledger.match_line",
        line,
        journals=list(_live(line).values_list("journal", flat=True)),
    )
    return line


def _live(line: BankLine) -> QuerySet[BankMatch]:
    return line.matches.filter(undone_at__isnull=True)


def _check(line: BankLine, parts: Sequence[Part]) -> None:
    """Whether the parts make up the line, each of them once."""
    if not parts:
        raise RuleError("Choose what this is.")
    for part in parts:
        if part.pence == 0:
            raise RuleError("Each part has to be of some money.")
    if any(isinstance(part, ForOrder) and part.pence < 0 for part in parts):
        raise RuleError("An order is paid by money that comes in.")
    if line.pence < 0 and any(isinstance(part, ForOrder) for part in parts):
        raise RuleError("Money that went out pays no order.")
    named = [_name(part) for part in parts]
    if len(set(named)) != len(named):
        raise RuleError("Each can be chosen once only.")
    total = sum(part.pence for part in parts)
    if total != line.pence:
        gap = in_words(abs(line.pence - total))
        over = abs(total) > abs(line.pence)
        raise RuleError(
            f"The parts come to {in_words(total)} and the line is {in_words(line.pence)}: "
            f"{gap} too {'much' if over else 'little'}."
        )


def _name(part: Part) -> tuple[str, object]:
    if isinstance(part, ForOrder):
        return "order", part.order.pk
    if isinstance(part, InBooks):
        return "journal", part.journal.pk
    return "account", part.account.pk


def _key(line: BankLine) -> str:
    """Of this line, and of this time: what was undone may be done again."""
    return f"bank-line:{line.pk}:{line.matches.count()}"


def _pay(line: BankLine, account: BankAccount, orders: Sequence[ForOrder], by: Actor) -> None:
    """A payment for each order: of many invoices a council's remittance, else a transfer each."""
    if not orders:
        return
    key = _key(line)
    if len(orders) > 1 and all(part.order.kind == Order.Kind.INVOICE for part in orders):
        payments = record_remittance(
            lines=[(part.order, pounds_of(part.pence)) for part in orders],
            total=pounds_of(sum(part.pence for part in orders)),
            made_on=line.date,
            into=account.account_id,
            key=key,
            by=by,
        )
    else:
        method = Method.STANDING_ORDER if line.kind in STANDING else Method.TRANSFER
        payments = [
            record_payment(
                order=part.order,
                method=method,
                amount=pounds_of(part.pence),
                made_on=line.date,
                into=account.account_id,
                key=f"{key}:{part.order.pk}",
                by=by,
            )
            for part in sorted(orders, key=lambda part: part.order.pk)
        ]
    pence = {part.order.pk: part.pence for part in orders}
    BankMatch.objects.bulk_create(
        BankMatch(line=line, journal=one.journal, pence=pence[one.order_id], made=True)
        for one in payments
    )


def _link(line: BankLine, account: BankAccount, part: InBooks) -> None:
    """A journal of the books stands on one line only, with what it moves at this bank."""
    found = unseen(account).filter(pk=part.journal.pk).first()
    if found is None or found.moved != part.pence:
        raise RuleError("This is on another line already, or was reversed. Please look again.")
    try:
        with transaction.atomic():
            BankMatch.objects.create(line=line, journal=found, pence=part.pence, made=False)
    except IntegrityError:
        raise RuleError("This is on another line already. Please look again.") from None


def _write(line: BankLine, account: BankAccount, part: ToAccount, by: Actor) -> None:
    """Write so much of the line to the account, for nobody in particular."""
    code = part.account.pk
    _may_be_written(part, account)
    journal = post(
        kind=KINDS.get(code, "bank-line"),
        date=line.date,
        key=f"{_key(line)}:{code}",
        lines=move(part.pence, debit=account.account_id, credit=code),
        source=f"bank-line:{line.pk}",
        memo=part.memo.strip(),
        by=by,
    )
    BankMatch.objects.create(line=line, journal=journal, pence=part.pence, made=True)


def nobody_s_accounts() -> QuerySet[Account]:
    """Those that a line can belong to without an order or a pay-out; `_may_be_written` says why."""
    banks = BankAccount.objects.values("account")
    return (
        Account.objects.exclude(pk__in=[*chart.BY_PERSON, chart.STRIPE, chart.BANK])
        .exclude(pk__in=banks)
        .exclude(kind=Account.Kind.EQUITY)
    )


def _may_be_written(part: ToAccount, account: BankAccount) -> None:
    code = part.account.pk
    if part.account.kind == Account.Kind.EQUITY:
        raise RuleError("Shares and reserves never change by a line of the bank alone.")
    if code in chart.BY_PERSON:
        raise RuleError(
            f"“{part.account.name}” says who owes what: choose the order, pay-out or loan instead."
        )
    if code == chart.STRIPE:
        raise RuleError("What Stripe pays us comes into the books when Stripe tells us of it.")
    if code == account.account_id:
        raise RuleError("That is this bank account itself.")
    if BankAccount.objects.filter(account=code).exists():
        raise RuleError(
            "Choose “Between our bank accounts”: the other account’s statement tells the rest."
        )
    if code == chart.CASH and part.pence > balance_of(chart.CASH, timezone.localdate()):
        raise RuleError(
            "More than the books have as cash and cheques in hand. Enter what came first."
        )


def _learn(line: BankLine, parties: Sequence[Party]) -> None:
    """Keep in mind whom a payer paid for, where that is one."""
    words = payer_text(line.text)
    if not words or len(words) > (MAX_WORDS or 0) or len({party.pk for party in parties}) != 1:
        return
    known, created = KnownPayer.objects.get_or_create(words=words, party=parties[0])
    if not created:
        KnownPayer.objects.filter(pk=known.pk).update(seen=F("seen") + 1)


def _unlearn(line: BankLine, parties: set[int]) -> None:
    words = payer_text(line.text)
    if len(parties) == 1:
        known = KnownPayer.objects.filter(words=words, party__in=parties)
        known.update(seen=F("seen") - 1)
        known.filter(seen__lte=0).delete()


def _not_waiting(line: BankLine) -> str:
    return {
        State.PREVIEW: "This statement has not been taken in yet.",
        State.NEW: "This line is not explained yet.",
        State.MATCHED: "This line has been explained already.",
        State.UNDONE: "The statement of this line was undone.",
    }[State(line.state)]


# --- What is proposed -----------------------------------------------------------------------------


@operation(needs="ledger.keep_payments")
def accept_proposal(*, line: BankLine, keys: Sequence[str], by: Actor) -> BankLine:
    """Explain a line as was proposed; refused where something else would be proposed by now."""
    BankAccount.objects.select_for_update().get(pk=line.bank_account_id)
    proposal = proposals(line.statement).get(line.pk)
    if proposal is None:
        line.refresh_from_db()
        raise RuleError(_not_waiting(line))
    if list(proposal.keys) != list(keys):
        raise RuleError("Something else is proposed by now. Please look again.")
    return match_line(line=line, parts=parts_of(line, keys), why=proposal.why, by=by)


@operation(needs="ledger.keep_payments")
def accept_all_certain(*, statement: StatementImport, by: Actor) -> list[BankLine]:
    """Explain all lines of a statement that name our reference with the exact amount.

    At most AT_ONCE; press again for the rest. One that is refused stays, for a person to look at.
    """
    BankAccount.objects.select_for_update().get(pk=statement.bank_account_id)
    proposed = proposals(statement)
    certain = {pk for pk, proposal in proposed.items() if proposal.is_certain}
    lines = [line for line in waiting(statement) if line.pk in certain][:AT_ONCE]
    orders = {
        int(key.removeprefix("order-"))
        for line in lines
        for key in proposed[line.pk].keys
        if key.startswith("order-")
    }
    # All of them first and in one sequence, so that we never wait for one while holding others'.
    list(Order.objects.select_for_update().filter(pk__in=orders).order_by("pk"))
    accepted = []
    for line in lines:
        proposal = proposed[line.pk]
        try:
            parts = parts_of(line, proposal.keys)
            accepted.append(match_line(line=line, parts=parts, why=proposal.why, by=by))
        except RuleError:
            continue
    audit.record(by, "ledger.accept_all_certain", statement, lines=len(accepted))
    return accepted


# --- Undoing --------------------------------------------------------------------------------------


@operation(needs="ledger.keep_payments")
def undo_match(*, line: BankLine, why: str, by: Actor) -> BankLine:
    """Take back what a line was said to be: it is then to be explained again.

    What was written for it is reversed, as of the same day, and a payment is taken back; whoever
    it was for hears of it. What stood in the books before stays there.
    """
    if not why.strip():
        raise RuleError("Say why this is undone.", field="why")
    BankAccount.objects.select_for_update().get(pk=line.bank_account_id)
    found = BankLine.objects.filter(pk=line.pk, state=State.MATCHED)
    if found.update(state=State.NEW, why="", matched_at=None, matched_by=None) != 1:
        line.refresh_from_db()
        raise RuleError(_not_waiting(line))
    line.refresh_from_db()
    matches = list(
        _live(line)
        .select_related("journal", "journal__payment__order")
        .order_by("journal__payment__order_id", "pk")
    )
    parties = set()
    for match in matches:
        payment = getattr(match.journal, "payment", None)
        if match.made and payment is not None:
            parties.add(payment.order.party_id)
        if match.made and not Journal.objects.filter(reverses=match.journal).exists():
            _take_back(match.journal, payment, line, why.strip(), by)
    _live(line).update(undone_at=timezone.now())
    _unlearn(line, parties)
    audit.record(by, "ledger.undo_match", line, journals=[match.journal_id for match in matches])
    return line


def _take_back(
    journal: Journal, payment: Payment | None, line: BankLine, why: str, by: Actor
) -> None:
    on = max(line.date, journal.date)
    if payment is not None:
        undo_payment(payment=payment, on=on, why=why, by=by)
    else:
        reverse(journal=journal, date=on, why=f"bank line {line.pk} undone", by=by)
