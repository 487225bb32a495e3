"""Real processes against one PostgreSQL and one Redis, as in production."""

from __future__ import annotations

import os

import pytest

REDIS = os.environ.get("WEFT_REDIS_URL", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/processes" in str(item.path) and not (
            REDIS and os.environ.get("DATABASE_URL", "").startswith("postgres")
        ):
            item.add_marker(
                pytest.mark.skip(reason="needs WEFT_REDIS_URL and a PostgreSQL DATABASE_URL")
            )
