"""Bank statements: our accounts at banks, and reading what the bank says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from djmoney.money import Money

from core import audit
from core.actors import Actor
from core.errors import RuleError
from core.registry import operation
from ledger import chart
from ledger.models import Account, BankAccount, BankLine, StatementImport
from ledger.money import in_words, pence_of
from ledger.operations.journal import open_account
from ledger.reconciling import LIVE, look_over
from ledger.statements import (
    PROFILES,
    Fault,
    Line,
    Statement,
    StatementError,
    check_closing,
    read_statement,
    unseen,
)
from ledger.statements.profiles import general_shape
from ledger.statements.values import tidy_account

State = StatementImport.State
#: Where money stands that has left one of our accounts and has not reached the other.
BETWEEN = "between-banks"
MAX_TEXT = BankLine._meta.get_field("text").max_length or 0
MAX_KIND = BankLine._meta.get_field("kind").max_length or 0
#: Of a line's own reference so much is kept beside its description.
MAX_REFERENCE = 100


class FaultyStatementError(RuleError):
    """A file that cannot be read in. `faults` say where and why, for the person who sent it."""

    def __init__(self, faults: list[Fault]) -> None:
        things = "one thing is" if len(faults) == 1 else f"{len(faults)} things are"
        super().__init__(f"Nothing was read in: {things} wrong with this file.", field="upload")
        self.faults = faults


# --- Our accounts at banks ----------------------------------------------------------------------


@operation(needs="ledger.keep_payments")
def keep_bank_account(
    *,
    bank_account: BankAccount | None = None,
    name: str,
    account: Account | None = None,
    number: str,
    profile: str = "",
    columns: Mapping[str, str] | None = None,
    by: Actor,
) -> BankAccount:
    """Say which accounts we have at banks: a new one, or what has changed about one.

    `account` is the one in the books that mirrors it; None opens another. `profile` and `columns`
    say how its files are written. Once a statement has been read in, its number and its account
    in the books stay: by them we know what was read before.
    """
    said = {
        "name": name.strip(),
        "number": tidy_account(number),
        "profile": profile,
        "columns": {field: heading for field, heading in (columns or {}).items() if heading},
    }
    _check_account(said)
    kept = BankAccount.objects.select_for_update().get(pk=bank_account.pk) if bank_account else None
    if kept is not None and account is None:
        account = kept.account
    if kept is not None and kept.lines.filter(state__in=LIVE).exists():
        if kept.number != said["number"]:
            raise RuleError("Statements were read in: the number stays.", field="number")
        if kept.account != account:
            raise RuleError("Statements were read in: the account stays.", field="account")
    if account is not None and not _mirrors_a_bank(account):
        raise RuleError("Choose an account of the books that is for a bank.", field="account")
    row = kept or BankAccount()
    row.account = account or _another_account(str(said["name"]), by)
    for field, value in said.items():
        setattr(row, field, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken = BankAccount.objects.filter(account=row.account).exclude(pk=row.pk).exists()
        sentence = "Another bank account has this {}."
        raise RuleError(
            sentence.format("account of the books" if taken else "name"),
            field="account" if taken else "name",
        ) from None
    audit.record(by, "ledger.keep_bank_account", row, account=row.account_id)
    if BankAccount.objects.count() > 1:
        open_account(code=BETWEEN, name="Between our bank accounts", kind="asset", by=by)
    return row


def _check_account(said: Mapping[str, object]) -> None:
    if not said["name"]:
        raise RuleError("Give it a name.", field="name")
    if not said["number"]:
        raise RuleError("Give its sort code and number.", field="number")
    if said["profile"] and said["profile"] not in PROFILES:
        raise RuleError("We do not know this bank.", field="profile")
    if said["columns"]:
        try:
            general_shape(said["columns"])  # type: ignore[arg-type]
        except StatementError as error:
            raise RuleError(error.faults[0].sentence, field=error.faults[0].field) from None


def _mirrors_a_bank(account: Account) -> bool:
    """The account "bank", and those that were opened for further ones."""
    code, _dash, number = account.pk.partition("-")
    return code == chart.BANK and (not number or number.isdecimal())


def _another_account(name: str, by: Actor) -> Account:
    """The first bank's account in the books is "bank", the next "bank-2"."""
    taken = set(BankAccount.objects.values_list("account", flat=True))
    if chart.BANK not in taken:
        return Account.objects.get(pk=chart.BANK)
    number = next(n for n in range(2, len(taken) + 3) if f"{chart.BANK}-{n}" not in taken)
    return open_account(code=f"{chart.BANK}-{number}", name=name, kind="asset", by=by)


# --- Reading in -----------------------------------------------------------------------------------


@operation(needs="ledger.keep_payments")
def read_in(
    *,
    upload: bytes,
    bank_account: BankAccount,
    profile: str = "",
    columns: Mapping[str, str] | None = None,
    closing: Money | None = None,
    by: Actor,
) -> StatementImport:
    """Read a bank's file, to be looked at before it is taken in.

    Refuses a file with anything wrong in it, with every fault, and keeps nothing of it then; and a
    file all of which was read in before. `closing` is the balance at its end, which the person
    reads elsewhere: asked for where the file tells no balances, and checked where it does. The
    same file again gives the statement that is being looked at, or takes its place where it was
    read in another way.
    """
    account = BankAccount.objects.select_for_update().get(pk=bank_account.pk)
    statement = _read(upload, account, profile, columns)
    opening, closes = _balances(statement, closing)
    live = account.lines.filter(state__in=LIVE)
    new = unseen(statement.lines, set(live.values_list("checksum", flat=True)))
    if not new:
        raise RuleError("All of this was read in before.", field="upload")
    digest = hashlib.sha256(upload).hexdigest()
    for earlier in account.imports.filter(state=State.PREVIEW, sha256=digest):
        if _same(earlier, statement, opening):
            return earlier
        discard_import(statement=earlier, by=by)
    kept = StatementImport.objects.create(
        bank_account=account,
        sha256=digest,
        profile=statement.profile,
        first_on=statement.starts,
        last_on=statement.ends,
        opening_pence=opening,
        closing_pence=closes,
        lines_read=len(statement.lines),
        lines_known=len(statement.lines) - len(new),
        read_by=by.user,
    )
    BankLine.objects.bulk_create(
        (_row(kept, place, line) for place, line in enumerate(statement.lines, 1)), batch_size=1000
    )
    audit.record(
        by, "ledger.read_in", kept, bank_account=account.pk, lines=kept.lines_read, new=len(new)
    )
    return kept


def _read(
    upload: bytes, account: BankAccount, profile: str, columns: Mapping[str, str] | None
) -> Statement:
    try:
        statement = read_statement(upload, profile or None, columns=columns, account=account.number)
    except StatementError as error:
        raise FaultyStatementError(error.faults) from None
    today = timezone.localdate()
    to_come = [
        Fault(line.row, "date", "That day is still to come.")
        for line in statement.lines
        if line.date > today
    ]
    if to_come:
        raise FaultyStatementError(to_come[:100])
    return statement


def _balances(statement: Statement, closing: Money | None) -> tuple[int, int]:
    """The balances at which the statement opens and closes."""
    if statement.opening_pence is None or statement.closing_pence is None:
        if closing is None:
            raise RuleError(
                "This file tells no balances. Enter the one with which it ends, from the bank’s "
                "own page or paper.",
                field="closing",
            )
        closes = pence_of(closing)
        return closes - sum(line.amount_pence for line in statement.lines), closes
    if closing is not None and (fault := check_closing(statement, pence_of(closing))):
        raise RuleError(fault.sentence, field="closing")
    return statement.opening_pence, statement.closing_pence


def _same(earlier: StatementImport, statement: Statement, opening: int) -> bool:
    """Whether an earlier reading of the same file says the same."""
    theirs = earlier.lines.order_by("row").values_list("checksum", flat=True)
    return earlier.opening_pence == opening and list(theirs) == [
        line.checksum for line in statement.lines
    ]


def _row(statement: StatementImport, place: int, line: Line) -> BankLine:
    """`row` is the line's place among those of its statement, the oldest first."""
    reference = "" if line.reference in line.description else line.reference[:MAX_REFERENCE]
    description = line.description[: MAX_TEXT - len(reference) - 1]
    return BankLine(
        statement=statement,
        bank_account=statement.bank_account,
        date=line.date,
        pence=line.amount_pence,
        text=f"{description} {reference}".strip(),
        kind=line.kind[:MAX_KIND],
        balance_pence=line.balance_pence,
        checksum=line.checksum,
        row=place,
    )


@operation(needs="ledger.keep_payments")
def take_in(
    *, statement: StatementImport, leave_out_alike: bool = False, by: Actor
) -> StatementImport:
    """Take in what was looked at: its lines are now to be explained.

    Lines that were read in before are left out, and so are, if asked, those that only look so. Two
    who take in at the same moment: each line comes in once.
    """
    BankAccount.objects.select_for_update().get(pk=statement.bank_account_id)
    _move(statement, State.PREVIEW, State.IMPORTED)
    preview = look_over(statement)
    out = preview.known | (preview.alike if leave_out_alike else frozenset())
    if len(out) == len(preview.lines):
        raise RuleError("All of this was read in before.")
    statement.lines.filter(pk__in=out).delete()
    statement.lines.update(state=BankLine.State.NEW)
    statement.lines_known = len(out)
    statement.save(update_fields=["lines_known"])
    new = len(preview.lines) - len(out)
    audit.record(by, "ledger.take_in", statement, lines=new, left_out=len(out))
    return statement


@operation(needs="ledger.keep_payments")
def discard_import(*, statement: StatementImport, by: Actor) -> StatementImport:
    """Throw away a statement that was only looked at, with its lines."""
    _move(statement, State.PREVIEW, State.DISCARDED)
    statement.lines.all().delete()
    audit.record(by, "ledger.discard_import", statement)
    return statement


@operation(needs="ledger.keep_payments")
def undo_import(*, statement: StatementImport, by: Actor) -> StatementImport:
    """Undo the taking in of a statement, as long as none of its lines is explained: it is then as
    if its lines had never come, and they can be read in again."""
    BankAccount.objects.select_for_update().get(pk=statement.bank_account_id)
    _move(statement, State.IMPORTED, State.UNDONE)
    undone = statement.lines.filter(state=BankLine.State.NEW).update(state=BankLine.State.UNDONE)
    explained = statement.lines.filter(state=BankLine.State.MATCHED)
    if (matched := explained.count()) > 0:
        pence = sum(explained.values_list("pence", flat=True))
        raise RuleError(
            f"{matched} of its lines {'is' if matched == 1 else 'are'} explained, "
            f"{in_words(pence)} together. Undo that first."
        )
    audit.record(by, "ledger.undo_import", statement, lines=undone)
    return statement


def _move(statement: StatementImport, before: str, after: str) -> None:
    """Change its state, once: whoever comes second is told what it is now."""
    found = StatementImport.objects.filter(pk=statement.pk, state=before)
    if found.update(state=after) != 1:
        statement.refresh_from_db(fields=["state"])
        raise RuleError(
            {
                State.PREVIEW: "This statement has not been taken in yet.",
                State.IMPORTED: "This statement has been taken in already.",
                State.UNDONE: "This statement was undone. Read the file in again.",
                State.DISCARDED: "This statement was thrown away. Read the file in again.",
            }[State(statement.state)]
        )
    statement.refresh_from_db()
