"""What the environment makes of an installation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "a-long-random-text-of-their-own-" * 2


def read(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings with nothing set but these."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from config import settings as s; "
            "print(s.DEMO, s.SESSION_COOKIE_SECURE, getattr(s, 'ALLAUTH_TRUSTED_PROXY_COUNT', 0))",
        ],
        cwd=ROOT,
        env=kept | {"WEFT_VAR": str(tmp_path)} | variables,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("variables", "becomes"),
    [
        ({}, "True False 0"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "weft.example.org"}, "False True 0"),
        ({"SECRET_KEY": KEY, "BEHIND_PROXY": "1"}, "False True 1"),
        ({"WEFT_DEMO": "1", "ALLOWED_HOSTS": "demo.example.org"}, "True False 0"),
    ],
)
def test_a_key_makes_it_real_and_the_demo_faces_the_world_only_when_told(
    tmp_path: Path, variables: dict[str, str], becomes: str
) -> None:
    assert read(tmp_path, **variables).stdout.strip() == becomes


@pytest.mark.parametrize(
    "variables", [{"ALLOWED_HOSTS": "weft.example.org"}, {"WEFT_DEMO": "0"}], ids=str
)
def test_a_forgotten_key_stops_everything(tmp_path: Path, variables: dict[str, str]) -> None:
    started = read(tmp_path, **variables)
    assert started.returncode != 0
    assert "Set SECRET_KEY" in started.stderr or "set SECRET_KEY" in started.stderr
