"""How often one caller may do one thing, counted in the cache."""

from __future__ import annotations

import hashlib

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

#: So many times what one may do, all who share a network address may do together.
A_SHARED_ADDRESS = 20


def allow(name: str, caller: str, *, limit: int, seconds: int) -> bool:
    """False once `caller` has done `name` more than `limit` times within `seconds`.

    The caller is hashed, so that the cache holds no address.
    """
    key = "rate:" + hashlib.sha256(f"{name}:{caller}".encode()).hexdigest()
    if cache.add(key, 1, seconds):
        return True
    try:
        return cache.incr(key) <= limit
    except ValueError:  # it expired between the two calls
        return True


def allow_from(request: HttpRequest, name: str, what: str, *, limit: int, seconds: int) -> bool:
    """As `allow`, for one thing (an e-mail address, say) from one network address.

    Many people may share an address, as in a library or a care home: one who tries too often does
    not keep out the others, and all together may do it A_SHARED_ADDRESS times as often.
    """
    caller = address_of(request)
    return allow(name, f"{what}:{caller}", limit=limit, seconds=seconds) and allow(
        f"{name}.all", caller, limit=limit * A_SHARED_ADDRESS, seconds=seconds
    )


def address_of(request: HttpRequest) -> str:
    """The caller's network address; behind a proxy (BEHIND_PROXY), the one that the proxy names."""
    return str(get_adapter().get_client_ip(request))
