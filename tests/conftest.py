"""The cast of the tests, and a test database that is migrated once and then copied."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client

from core import triggers
from core.actors import SYSTEM, Actor
from core.models import User
from core.operations import create_user, grant_role
from core.permissions import Role

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "var" / "test-templates"


def _template() -> Path:
    """The migrated database for this code: named by every migration and locked version.

    Rights and triggers are not in the name: they are brought in line after every migrate.
    """
    digest = hashlib.sha256((ROOT / "requirements" / "development.txt").read_bytes())
    for app in ("core", "ledger", "members", "governance", "services", "rota", "cms"):
        for path in sorted((ROOT / app / "migrations").glob("*.py")):
            digest.update(path.read_bytes())
    return TEMPLATES / f"{digest.hexdigest()[:20]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: pytest.FixtureRequest,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """Migrating Wagtail takes long: on SQLite a migrated copy is kept under var/."""
    from django.test.utils import setup_databases, teardown_databases

    database = settings.DATABASES["default"]
    sqlite = connection.vendor == "sqlite"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if sqlite:
        name = Path(database["TEST"]["NAME"]).with_suffix(f".{worker or 'one'}.sqlite3")
        database["TEST"]["NAME"] = str(name)
        connection.settings_dict["TEST"]["NAME"] = str(name)
        if _template().exists():
            shutil.copy(_template(), name)
    elif worker:
        connection.settings_dict["TEST"]["NAME"] = f"test_weft_{worker}"
    with django_db_blocker.unblock():
        config = setup_databases(verbosity=0, interactive=False, keepdb=sqlite)
        # Playwright's event loop has a connection of its own; it restores the first rows too.
        wrapper = connections["default"]
        type(wrapper)._test_serialized_contents = wrapper._test_serialized_contents
        if sqlite and not _template().exists():
            _keep_template(Path(connection.settings_dict["NAME"]))
    yield
    with django_db_blocker.unblock():
        teardown_databases(config, verbosity=0, keepdb=False)


def _keep_template(migrated: Path) -> None:
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    for old in TEMPLATES.glob("*.sqlite3"):
        if old != _template():
            old.unlink()
    connection.close()
    partial = _template().with_suffix(f".{os.getpid()}")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copy(migrated, partial)
    partial.replace(_template())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every transactional test starts from the same rows, restored after the flush before it.

    All of them or none: a flush without restoring would make the roles anew, with other numbers,
    and the next restore would then collide with them.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            marker.kwargs["serialized_rollback"] = True


@pytest.fixture(autouse=True)
def _quiet_cache() -> Iterator[None]:
    """Rate limits and cached pages of one test are nothing to the next."""
    cache.clear()
    yield


@pytest.fixture(autouse=True)
def _flush_copes_with_triggers(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test ends with a flush, which append-only tables would refuse on SQLite."""
    marker = request.node.get_closest_marker("django_db")
    transactional = bool(marker and marker.kwargs.get("transaction")) or (
        {"transactional_db", "live_server"} & set(request.fixturenames)
    )
    if not transactional:
        yield
        return
    db = request.getfixturevalue("transactional_db")
    assert db is None
    triggers.install()
    from core import permissions_sync

    permissions_sync.sync()
    yield
    triggers.uninstall()


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """`make_user("alice", Role.SECRETARY)` → somebody who can sign in, in those roles."""
    from django.utils import timezone

    def make(name: str, *roles: Role) -> User:
        email = f"{name.lower().replace(' ', '.')}@example.org"
        user = create_user(email=email, name=name.title(), by=SYSTEM)
        for role in roles:
            grant_role(user=user, role=role, since=timezone.localdate(), by=SYSTEM)
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def secretary(make_user: Callable[..., User]) -> User:
    """Sita keeps the register."""
    return make_user("sita secretary", Role.SECRETARY)


@pytest.fixture
def treasurer(make_user: Callable[..., User]) -> User:
    return make_user("tom treasurer", Role.TREASURER)


@pytest.fixture
def board_member(make_user: Callable[..., User]) -> User:
    return make_user("bea board", Role.BOARD)


@pytest.fixture
def coordinator(make_user: Callable[..., User]) -> User:
    """Cora builds the rota."""
    return make_user("cora coordinator", Role.COORDINATOR)


@pytest.fixture
def editor(make_user: Callable[..., User]) -> User:
    return make_user("edie editor", Role.EDITOR)


@pytest.fixture
def administrator(make_user: Callable[..., User]) -> User:
    return make_user("ada administrator", Role.ADMINISTRATOR)


@pytest.fixture
def stranger(make_user: Callable[..., User]) -> User:
    """Charlie can sign in and has no role: nothing should open."""
    return make_user("charlie stranger")


def actor(user: User) -> Actor:
    return Actor("user", user=user)


@pytest.fixture
def as_user() -> Callable[[User], Actor]:
    return actor


@pytest.fixture
def signed_in(db: None) -> Callable[[User], Client]:
    """A client signed in as this user, past the second step where the role asks for one."""
    from allauth.mfa.models import Authenticator

    def sign_in(user: User) -> Client:
        Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {}})
        client = Client()
        client.force_login(user)
        return client

    return sign_in
