"""Stripe's form encoding: `line_items[0][quantity]=2` is a path into nested parameters."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from ledger.stripe_sandbox.errors import ApiError

_KEY = re.compile(r"^[^\[\]]+(\[[^\[\]]*\])*$")


def decoded(text: str) -> dict[str, Any]:
    """The nested parameters of a query string or a form body."""
    return nested(parse_qsl(text, keep_blank_values=True))


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Lists stay dictionaries of their indexes: only the vendor's types know which is a list."""
    tree: dict[str, Any] = {}
    for key, value in pairs:
        *branches, leaf = _path(key)
        node = tree
        for name in branches:
            node = node.setdefault(_named(name, node), {})
            if not isinstance(node, dict):
                raise _malformed(key)
        node[_named(leaf, node)] = value
    return tree


def _path(key: str) -> list[str]:
    if not _KEY.match(key):
        raise _malformed(key)
    return key.replace("]", "").split("[")


def _named(name: str, node: dict[str, Any]) -> str:
    """`expand[]=a&expand[]=b` numbers itself."""
    return name or str(len(node))


def _malformed(key: str) -> ApiError:
    return ApiError(f"Invalid parameter name: {key}", param=key)
