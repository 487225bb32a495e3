"""Objects as an answer shows them: lists in pages, links followed where `expand` asks."""

from collections.abc import Callable, Iterable
from typing import Any

from ledger.stripe_sandbox.account import Account, Object, Params, shown
from ledger.stripe_sandbox.errors import ApiError

LINKS = frozenset(
    [
        "balance_transaction",
        "charge",
        "customer",
        "failure_balance_transaction",
        "latest_charge",
        "mandate",
        "payment_intent",
        "payment_method",
        "setup_intent",
        "source",
    ]
)
DEEPEST = 4
PAGE, LARGEST_PAGE = 10, 100


def _line_items(account: Account, session: Object) -> Object:
    kept = account.get("checkout.session", session["id"])
    return as_list(kept["_line_items"], f"/v1/checkout/sessions/{session['id']}/line_items")


def _refunds(account: Account, charge: Object) -> Object:
    newest_first = account.all("refund", charge=charge["id"])[::-1]
    return as_list(newest_first, f"/v1/charges/{charge['id']}/refunds")


INCLUDED: dict[tuple[str, str], Callable[[Account, Object], Object]] = {
    ("checkout.session", "line_items"): _line_items,
    ("charge", "refunds"): _refunds,
}
"""What an object has only when it is asked for."""


def as_list(objects: Iterable[Object], url: str, *, has_more: bool = False) -> Object:
    return {"object": "list", "data": shown(list(objects)), "has_more": has_more, "url": url}


def page(objects: list[Object], params: Params, url: str) -> Object:
    """One page of objects that are given oldest first: `limit` of them, newest first."""
    rows = objects[::-1]
    limit = params.get("limit", PAGE)
    if not 1 <= limit <= LARGEST_PAGE:
        bound = "at least 1" if limit < 1 else f"at most {LARGEST_PAGE}"
        raise ApiError(f"This value must be {bound}.", param="limit")
    if "ending_before" in params:
        before = rows[: _place(rows, params["ending_before"], "ending_before")]
        return as_list(before[-limit:], url, has_more=len(before) > limit)
    if "starting_after" in params:
        rows = rows[_place(rows, params["starting_after"], "starting_after") + 1 :]
    return as_list(rows[:limit], url, has_more=len(rows) > limit)


def _place(rows: list[Object], id: str, param: str) -> int:
    for place, row in enumerate(rows):
        if row["id"] == id:
            return place
    raise ApiError(f"No such object: '{id}'", code="resource_missing", param=param)


def matching(objects: list[Object], params: Params, *names: str) -> list[Object]:
    """Those that have the values asked for, created when asked for."""
    wanted = {name: params[name] for name in names if name in params}
    return [
        found
        for found in objects
        if all(found[name] == value for name, value in wanted.items())
        and _created(found["created"], params.get("created"))
    ]


def _created(when: int, asked: Any) -> bool:
    if asked is None:
        return True
    if isinstance(asked, int):
        return when == asked
    after = max(asked.get("gt", -1), asked.get("gte", 0) - 1)
    before = min(asked.get("lt", when + 1), asked.get("lte", when) + 1)
    return bool(after < when < before)


def expanded(account: Account, answer: Object, paths: list[str]) -> Object:
    """Follow paths such as `latest_charge.balance_transaction`, in a copy that `shown` made."""
    for path in paths:
        names = path.split(".")
        if len(names) > DEEPEST:
            raise ApiError(
                f"You cannot expand more than {DEEPEST} levels of a property.", param="expand"
            )
        _follow(account, answer, names, path)
    return answer


def _follow(account: Account, node: Object, names: list[str], path: str) -> None:
    name, *rest = names
    if name == "data" and node.get("object") == "list":
        for item in node["data"]:
            _follow(account, item, rest, path)
        return
    include = INCLUDED.get((node.get("object", ""), name))
    if include:
        node[name] = include(account, node)
    elif name not in LINKS or name not in node:
        raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
    elif isinstance(node[name], str):
        node[name] = shown(account.find(node[name]))
    if rest and node[name] is not None:
        _follow(account, node[name], rest, path)
