"""Whether the ballot box loses, doubles or halves a vote under load, and how quick it is.

    python benchmarks/cast_ballots.py [BALLOTS]
    DATABASE_URL=postgres://… python benchmarks/cast_ballots.py [BALLOTS]

Members vote through governance's own operation, many processes at once, each with a connection of
its own, some members in two processes at the same time. Processes are killed (SIGKILL) at random
and begun anew, and voting is closed while the last votes come in. A process writes a receipt down,
and has the disk keep it, only once the operation has returned. Then two tellers open the box, and
every receipt must be there once, nobody's vote twice, and nothing beside them but what a killed
process had sent off. Prints ballots a second, and beside it the same processes writing plain rows
to the same database.

SQLite in a temporary folder by default (400 ballots, 4 processes); the PostgreSQL that DATABASE_URL
names, in a database of its own that is dropped again (5,000 ballots, 16 processes).
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

FOLDER = tempfile.TemporaryDirectory(prefix="weft-bench-")
SERVER = os.environ.get("DATABASE_URL", "")
POSTGRES = SERVER.startswith("postgres")
NAME = f"weft_bench_{os.getpid()}"
URL = (
    urlsplit(SERVER)._replace(path=f"/{NAME}").geturl()
    if POSTGRES
    else f"sqlite:///{FOLDER.name}/bench.sqlite3"
)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "WEFT_VAR": FOLDER.name,
    "DATABASE_URL": URL,
}
os.environ.pop("SECRET_KEY", None)  # as the demo is set up: over plain HTTP, on localhost
(Path(FOLDER.name) / "static").mkdir()

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from core.actors import SYSTEM, VISITOR, Actor  # noqa: E402
from core.errors import RuleError  # noqa: E402
from governance import codes, sealing  # noqa: E402
from governance import operations as ops  # noqa: E402
from governance.counting.tally import CHOICES  # noqa: E402
from governance.models import (  # noqa: E402
    ArchivedBallot,
    ArchivedRollEntry,
    Election,
    RollEntry,
)
from members.models import Member, MemberClass, Person  # noqa: E402

BALLOTS = int(sys.argv[1]) if len(sys.argv) > 1 else (5_000 if POSTGRES else 400)
PROCESSES = 16 if POSTGRES else 4
KILLS = 24 if POSTGRES else 6
CLOSE_AT = 0.92
#: So many members in a hundred are tried by two processes.
TWICE = 10
WORDS = ("ferry lantern oat biscuit", "copper thistle green kite", "river marble seven owls")
DAY = dt.timedelta(days=1)
RANDOM = Random(20260303)


def main() -> None:
    with _database():
        call_command("migrate", verbosity=0)
        election, codes_of = build()
        print(f"{connection.vendor}: {BALLOTS:,} on the roll, {PROCESSES} processes")
        load = Load(election, codes_of)
        seconds = load.run()
        load.check()
        rate = len(load.acknowledged()) / seconds
        plain = plain_rate()
        print(f"{rate:9,.0f} ballots a second, with {load.kills} processes killed")
        print(f"{plain:9,.0f} plain rows a second: {plain / rate:.1f} times as many")


@contextmanager
def _database() -> Iterator[None]:
    if not POSTGRES:
        yield
        return
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{NAME}"')
    try:
        yield
    finally:
        connections.close_all()
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')


# --- A vote that is open --------------------------------------------------------------------------


def build() -> tuple[Election, dict[int, str]]:
    """A register, a meeting and a motion that everybody may vote on; member → voting code."""
    today, now = timezone.localdate(), timezone.now()
    member_class = MemberClass.objects.create(code="w", name="Workers", constituency="Workers")
    people = Person.objects.bulk_create(
        [Person(first_name=f"Member{n}", last_name="Example") for n in range(BALLOTS)]
    )
    Member.objects.bulk_create(
        [
            Member(number=n, person=person, member_class=member_class, joined=today - 300 * DAY)
            for n, person in enumerate(people, 1)
        ]
    )
    meeting = ops.make_meeting(
        body=ops.make_body(name="General meeting", since=today - 400 * DAY, by=SYSTEM),
        kind="agm",
        title="Annual general meeting",
        starts_at=now + 20 * DAY,
        place="Weavers Hall",
        record_date=today - DAY,
        by=SYSTEM,
    )
    item = ops.add_item(meeting=meeting, title="Pies", motion="That we bake pies.", by=SYSTEM)
    ops.record_notice(meeting=meeting, sent_on=today, by=SYSTEM)
    election = ops.make_election(
        meeting=meeting, title="Pies", closes_at=now + 10 * DAY, motion=item.motion, by=SYSTEM
    )
    names = [(f"Teller {n}", f"teller{n}@example.org") for n in (1, 2, 3)]
    tellers = ops.name_tellers(meeting=meeting, people=names, by=SYSTEM)
    for teller, words in zip(tellers, WORDS, strict=True):
        ops.set_passphrase(teller=teller, passphrase=words, by=Actor("user", teller.user))
    ops.freeze_roll(election=election, now=now, by=SYSTEM)
    for a, b in combinations(range(3), 2):
        ops.rehearse(
            first=tellers[a],
            first_passphrase=WORDS[a],
            second=tellers[b],
            second_passphrase=WORDS[b],
            by=Actor("user", tellers[a].user),
        )
    codes_of = {}
    for pk, member in RollEntry.objects.values_list("pk", "member_id"):
        codes_of[member] = codes.new_code()
        RollEntry.objects.filter(pk=pk).update(code_hash=codes.code_hash(codes_of[member]))
    return ops.open_vote(election=election, now=now, by=SYSTEM), codes_of


def choice_of(member: int) -> int:
    """What a member votes: the same however often they try."""
    return member % len(CHOICES) + 1


# --- The load -------------------------------------------------------------------------------------


class Load:
    """The processes, what each has still to do, and what it says was recorded."""

    def __init__(self, election: Election, codes_of: dict[int, str]) -> None:
        self.election, self.codes_of = election, codes_of
        self.kills = 0
        self.shares: list[list[int]] = [[] for _ in range(PROCESSES)]
        for place, member in enumerate(codes_of):
            self.shares[place % PROCESSES].append(member)
            if RANDOM.randrange(100) < TWICE:
                self.shares[(place + 1) % PROCESSES].append(member)

    def _file(self, place: int) -> Path:
        return Path(FOLDER.name) / f"receipts-{place}"

    def acknowledged(self) -> dict[int, str]:
        """Member → receipt, of every vote that an operation has said was recorded."""
        found: dict[int, str] = {}
        for place in range(PROCESSES):
            for member, receipt in self._lines(place):
                assert member not in found, f"member {member} was told twice that they voted"
                found[member] = receipt
        return found

    def _lines(self, place: int) -> Iterator[tuple[int, str]]:
        path = self._file(place)
        for line in path.read_text().splitlines() if path.exists() else []:
            member, _, receipt = line.partition(" ")
            if receipt.endswith("."):  # a line that was cut off in the middle was not kept
                yield int(member), receipt[:-1]

    def run(self) -> float:
        """Vote until voting has closed under the last ones; how many seconds it took."""
        connections.close_all()
        began = time.perf_counter()
        children = {place: self._begin(place) for place in range(PROCESSES)}
        closing = 0
        while children:
            time.sleep(0.05)
            ended, status = os.waitpid(-1, os.WNOHANG)
            assert not (ended and status), "a process failed that nobody killed"
            if ended and ended == closing:
                closing = -1
            children = {place: pid for place, pid in children.items() if pid != ended}
            share = sum(1 for place in range(PROCESSES) for _ in self._lines(place)) / BALLOTS
            if not closing and share >= CLOSE_AT:
                closing = fork(self._close)
            if children and self.kills < KILLS and share > (self.kills + 1) / (KILLS + 2):
                place = RANDOM.choice(list(children))
                os.kill(children[place], signal.SIGKILL)
                os.waitpid(children[place], 0)
                self.kills += 1
                children[place] = self._begin(place)
        seconds = time.perf_counter() - began
        if closing == 0:
            self._close()
        elif closing > 0:
            os.waitpid(closing, 0)
        return seconds

    def _begin(self, place: int) -> int:
        """A process for one share, without what it says it has done."""
        done = {member for member, _ in self._lines(place)}
        left = [member for member in self.shares[place] if member not in done]
        return fork(lambda: self._vote(place, left))

    def _vote(self, place: int, members: list[int]) -> None:
        election = Election.objects.get(pk=self.election.pk)
        known = Member.objects.in_bulk(members)
        with self._file(place).open("a") as receipts:
            for member in members:
                try:
                    receipt = ops.cast_ballot(
                        election=election,
                        member=known[member],
                        choices=[choice_of(member)],
                        code=self.codes_of[member],
                        now=timezone.now(),
                        by=VISITOR,
                    )
                except RuleError as refused:
                    if "has closed" in refused.message:
                        return
                    continue
                receipts.write(f"\n{member} {receipt}.")  # a line cut off spoils no other
                receipts.flush()
                os.fsync(receipts.fileno())

    def _close(self) -> None:
        election = Election.objects.get(pk=self.election.pk)
        ops.close_vote(election=election, now=timezone.now(), by=SYSTEM)

    def check(self) -> None:
        """Everything acknowledged is counted once; nothing else, but what was on its way."""
        said = self.acknowledged()
        voted = set(
            ArchivedRollEntry.objects.filter(election=self.election)
            .in_the_box()
            .values_list("member_id", flat=True)
        )
        receipts = Counter(ArchivedBallot.objects.values_list("receipt", flat=True))
        tellers = list(self.election.meeting.tellers.order_by("pk"))
        result = ops.unseal(
            election=Election.objects.get(pk=self.election.pk),
            first=tellers[0],
            first_passphrase=WORDS[0],
            second=tellers[2],
            second_passphrase=WORDS[2],
            now=timezone.now(),
            by=Actor("user", tellers[0].user),
        )
        counted = Counter({choice: result.count[choice] for choice in CHOICES})
        expected = Counter(CHOICES[choice_of(member) - 1] for member in voted)
        assert said.keys() <= voted, "a vote that was acknowledged is not on the roll"
        lost = [code for code in said.values() if receipts[sealing.receipt_hash(code)] != 1]
        assert not lost, f"{len(lost)} receipts are not in the box exactly once"
        assert receipts.total() == len(voted) == result.ballots, "roll and box do not agree"
        assert counted == expected, "the count is not what was voted"
        on_the_way = voted - said.keys()
        assert len(on_the_way) <= self.kills, "votes in the box that nobody sent"
        ops.publish_result(
            election=Election.objects.get(pk=self.election.pk), now=timezone.now(), by=SYSTEM
        )
        print(
            f"{len(said):9,} acknowledged, each counted once; {len(on_the_way)} on the way as "
            f"their process was killed, counted too; {BALLOTS - len(voted):,} too late"
        )


def fork(act: Callable[[], None]) -> int:
    """A process of its own with its own connection; returns its id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        connections.close_all()
        act()
        status = 0
    except BaseException:  # the parent is told by the status, and must not run on in the child
        traceback.print_exc()
    finally:
        os._exit(status)


# --- To compare -----------------------------------------------------------------------------------


def plain_rate() -> float:
    """Rows a second that as many processes write to a plain table, each row a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_plain (id bigint PRIMARY KEY, body text)")
    connections.close_all()
    rows = BALLOTS // PROCESSES

    def write(first: int) -> Callable[[], None]:
        def act() -> None:
            with connection.cursor() as cursor:
                for number in range(first, first + rows):
                    cursor.execute("INSERT INTO bench_plain VALUES (%s, %s)", [number, "x" * 120])

        return act

    began = time.perf_counter()
    for pid in [fork(write(place * rows)) for place in range(PROCESSES)]:
        _, status = os.waitpid(pid, 0)
        assert status == 0, "a plain row could not be written"
    return rows * PROCESSES / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
