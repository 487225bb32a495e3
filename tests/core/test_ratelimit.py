"""Who is counted, and until when."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from core import ratelimit


def test_the_third_of_two_is_refused_and_another_caller_is_not() -> None:
    tries = [ratelimit.allow("ask", "10.0.0.1", limit=2, seconds=60) for _ in range(3)]
    assert tries == [True, True, False]
    assert ratelimit.allow("ask", "10.0.0.2", limit=2, seconds=60)
    assert ratelimit.allow("something else", "10.0.0.1", limit=2, seconds=60)


def test_one_who_tries_too_often_keeps_out_nobody_else_at_the_same_address() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.3")

    def tries(what: str) -> bool:
        return ratelimit.allow_from(request, "code", what, limit=2, seconds=60)

    assert [tries("ann") for _ in range(9)] == [True, True, *[False] * 7]
    assert tries("bob")
    others = [tries(f"person {number}") for number in range(2 * ratelimit.A_SHARED_ADDRESS)]
    assert (others.count(True), others[-1]) == (2 * ratelimit.A_SHARED_ADDRESS - 3, False)


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_the_caller_is_whom_a_trusted_proxy_names_and_never_whom_the_caller_names(
    settings: object, proxies: int, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies  # type: ignore[attr-defined]
    request = RequestFactory().get("/", headers={"x-forwarded-for": "1.2.3.4, 203.0.113.9"})
    assert ratelimit.address_of(request) == address
