"""How the register and the books answer with 10,000 members and 100,000 journals.

    python benchmarks/register.py

Builds them in a temporary SQLite database, through the real tables with all their triggers, and
times what people open most against a plain count of the table that it reads. Prints the best of
several, and how many times as long as the count each took.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

FOLDER = tempfile.TemporaryDirectory(prefix="weft-bench-")
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "WEFT_VAR": FOLDER.name,
    "DATABASE_URL": f"sqlite:///{FOLDER.name}/bench.sqlite3",
}
os.environ.pop("SECRET_KEY", None)  # as the demo is set up: over plain HTTP, on localhost

(Path(FOLDER.name) / "static").mkdir()

import django  # noqa: E402

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from core.actors import SYSTEM  # noqa: E402
from core.operations import create_user, grant_role  # noqa: E402
from core.permissions import Role  # noqa: E402
from ledger import chart  # noqa: E402
from ledger.models import Journal, Party, Posting  # noqa: E402
from ledger.operations.journal import Line, move  # noqa: E402
from ledger.operations.many import Event, new_parties, post_many  # noqa: E402
from ledger.reports import trial_balance  # noqa: E402
from members.exports import electorate_on  # noqa: E402
from members.models import (  # noqa: E402
    InterestRun,
    Member,
    MemberClass,
    Person,
    ShareClass,
    ShareTransaction,
)
from members.operations import set_up_member_classes  # noqa: E402
from members.share_interest import earned  # noqa: E402
from members.statutory import entries_of, totals_on, with_particulars  # noqa: E402

MEMBERS, JOURNALS_EACH = 10_000, 10
AT_ONCE = 5_000
TODAY = timezone.localdate()
YEARS = 6


def main() -> None:
    began = time.perf_counter()
    call_command("migrate", verbosity=0)
    build()
    seconds = time.perf_counter() - began
    for model in (Member, Journal, Posting, ShareTransaction):
        print(f"{model._default_manager.count():9,} {model._meta.verbose_name_plural}")
    assert trial_balance(TODAY).agrees
    assert totals_on(TODAY).agree
    print(f"made, sealed and in balance in {seconds:.0f} s")
    client = secretary()
    past = TODAY - dt.timedelta(days=3 * 365)
    number = Member.objects.order_by("number")[MEMBERS // 2].number
    run = InterestRun(
        share_class=ShareClass.objects.get(),
        first_on=past,
        last_on=past + dt.timedelta(days=364),
        rate=Decimal(2),
    )
    questions: list[tuple[str, Callable[[], object], type[Model]]] = [
        ("register, first page", lambda: page(client, "/members/register/"), Member),
        ("register, last page", lambda: page(client, "/members/register/?page=200"), Member),
        (
            "register, three years ago",
            lambda: page(client, f"/members/register/?on={past}"),
            Member,
        ),
        ("one member's page", lambda: page(client, f"/members/register/{number}/"), Member),
        ("all 10,000 entries, three years ago", lambda: all_entries(past), Member),
        ("electorate, three years ago", lambda: electorate_on(past).counts, Member),
        ("trial balance, today", lambda: trial_balance(TODAY), Posting),
        ("trial balance, three years ago", lambda: trial_balance(past), Posting),
        ("shares and capital, three years ago", lambda: totals_on(past), ShareTransaction),
        ("share interest of a year", lambda: earned(run), ShareTransaction),
    ]
    print(f"\n{'':38}{'ms':>9}{'count, ms':>12}{'times as long':>16}")
    for what, ask, model in questions:
        took, count = best(ask), best(model._default_manager.count)
        print(f"{what:38}{took * 1000:9.1f}{count * 1000:12.2f}{took / count:16.0f}")


def build() -> None:
    """People, parties, members, their shares and their journals: all in a few transactions."""
    set_up_member_classes(by=SYSTEM)
    chance = Random(1844)
    classes = list(MemberClass.objects.filter(for_organisations=False))
    first = TODAY - dt.timedelta(days=YEARS * 365)
    with transaction.atomic():
        parties = new_parties(number=MEMBERS, by=SYSTEM)
        people = Person.objects.bulk_create(
            Person(
                first_name=f"Ann{number}",
                last_name=f"Shaw{number % 977}",
                address_line_1=f"{number} Mill Row",
                town="Damside",
                postcode="QX7 2AB",
                email=f"ann{number}@example.org",
                party=parties[number],
            )
            for number in range(MEMBERS)
        )
        members = Member.objects.bulk_create(
            Member(
                number=number + 1,
                person=person,
                member_class=chance.choice(classes),
                joined=first + dt.timedelta(days=chance.randrange(YEARS * 365 - 60)),
            )
            for number, person in enumerate(people)
        )
    ordinary = ShareClass.objects.get()
    todo = list(journals(chance, members, parties))
    for start in range(0, len(todo), AT_ONCE):
        some = todo[start : start + AT_ONCE]
        with transaction.atomic():
            written = post_many(events=[event for _member, _shares, event in some], by=SYSTEM)
            ShareTransaction.objects.bulk_create(
                ShareTransaction(
                    member=member,
                    share_class=ordinary,
                    kind=ShareTransaction.Kind.ISSUE,
                    quantity=shares,
                    date=event.date,
                    journal=journal,
                )
                for (member, shares, event), journal in zip(some, written, strict=True)
                if shares
            )


def journals(
    chance: Random, members: list[Member], parties: list[Party]
) -> Iterator[tuple[Member, int, Event]]:
    """Of each member's journals, the first and the sixth issue shares; the rest are payments."""
    for member, party in zip(members, parties, strict=True):
        free = (TODAY - member.joined).days
        for turn in range(JOURNALS_EACH):
            date = member.joined + dt.timedelta(days=chance.randrange(free) if turn else 0)
            shares = chance.randint(1, 200) if turn % 5 == 0 else 0
            lines: list[Line] = (
                move(shares * 100, debit=chart.BANK, credit=chart.SHARE_CAPITAL, party=party)
                if shares
                else move(1200, debit=chart.BANK, credit=chart.DUES, party=party)
            )
            kind = "shares-issue" if shares else "dues"
            yield member, shares, Event(kind, date, f"bench:{member.number}:{turn}", lines)


def secretary() -> Client:
    """Somebody signed in, past the second step."""
    user = create_user(email="sita@example.org", name="Sita", by=SYSTEM)
    grant_role(user=user, role=Role.SECRETARY, since=TODAY, by=SYSTEM)
    Authenticator.objects.create(user=user, type="totp", data={})
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def page(client: Client, url: str) -> None:
    assert client.get(url).status_code == 200, url


def all_entries(on: dt.date) -> None:
    found = with_particulars(Member.objects.standing("all", on), on)
    entries_of(list(found), on)


def best(ask: Callable[[], object], times: int = 5) -> float:
    """Seconds of the quickest of several."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        ask()
        took.append(time.perf_counter() - start)
    return min(took)


if __name__ == "__main__":
    main()
