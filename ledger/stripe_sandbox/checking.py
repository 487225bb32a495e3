"""Parameters are checked against the vendor's own types, so that a misspelt or removed one fails.

The stripe package declares each endpoint's parameters as TypedDicts. They say which names exist at
every depth, which are required, and what each holds; form values, which are all text, become
numbers, booleans and lists by them.
"""

import sys
import typing
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NotRequired, Required

from stripe import RequestOptions
from typing_extensions import is_typeddict

from ledger.stripe_sandbox import errors
from ledger.stripe_sandbox.errors import ApiError

METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500
REMOVED = frozenset({"payment_method_types"})
TRANSPORT = frozenset(RequestOptions.__annotations__)  # api_key and the like are no parameters


def checked(raw: Mapping[str, Any], shape: type) -> dict[str, Any]:
    """The parameters with their types, or the refusal that Stripe would give."""
    if shape.__name__.startswith(("PaymentIntent", "SetupIntent")) and REMOVED & raw.keys():
        raise errors.removed("payment_method_types")
    return _typed_dict(raw, shape, "")


def only(params: Mapping[str, Any], known: Collection[str], within: str = "") -> None:
    """Refuse what the vendor knows but the sandbox does not act on."""
    for name in params:
        if name not in known:
            raise errors.not_modelled(_inside(within, name))


@lru_cache
def _hints(shape: type) -> dict[str, Any]:
    own = {name: hint for name, hint in shape.__annotations__.items() if name not in TRANSPORT}
    holder = type("Holder", (), {"__annotations__": own})
    names = vars(sys.modules[shape.__module__])
    return typing.get_type_hints(holder, globalns=names, include_extras=True)


def _typed_dict(raw: Mapping[str, Any], shape: type, within: str) -> dict[str, Any]:
    hints = _hints(shape)
    for name in raw:
        if name not in hints:
            raise errors.unknown(_inside(within, name))
    required: Collection[str] = getattr(shape, "__required_keys__", ())
    for name in hints:
        if name in required and name not in raw:
            raise errors.missing(_inside(within, name))
    return {name: _value(raw[name], hints[name], _inside(within, name)) for name in raw}


def _value(raw: Any, hint: Any, name: str) -> Any:
    options = _options(hint)
    if isinstance(raw, dict):
        return _branch(raw, options, name)
    return _leaf(raw, options, name)


def _options(hint: Any) -> list[Any]:
    """The alternatives of a hint, with NotRequired and Union taken off."""
    if typing.get_origin(hint) in (NotRequired, Required):
        return _options(typing.get_args(hint)[0])
    if _is_union(hint):
        return [option for part in typing.get_args(hint) for option in _options(part)]
    return [hint]


def _is_union(hint: Any) -> bool:
    origin = typing.get_origin(hint)
    return origin is typing.Union or getattr(origin, "__name__", "") == "UnionType"


def _branch(raw: dict[str, Any], options: list[Any], name: str) -> Any:
    for option in options:
        if is_typeddict(option):
            return _typed_dict(raw, option, name)
        origin, parts = typing.get_origin(option), typing.get_args(option)
        if origin is list:
            return [_value(item, parts[0], f"{name}[{key}]") for key, item in _in_order(raw, name)]
        if origin is dict:
            values = {key: _value(item, parts[1], f"{name}[{key}]") for key, item in raw.items()}
            return _metadata(values, name) if name.endswith("metadata") else values
    raise ApiError(f"Invalid string: {raw}", param=name)


def _in_order(raw: dict[str, Any], name: str) -> list[tuple[str, Any]]:
    if not all(key.isdigit() for key in raw):
        raise ApiError("Invalid array", param=name)
    return sorted(raw.items(), key=lambda pair: int(pair[0]))


def _metadata(values: dict[str, Any], name: str) -> dict[str, Any]:
    if len(values) > METADATA_KEYS:
        raise ApiError(f"Metadata can have at most {METADATA_KEYS} keys.", param=name)
    for key, value in values.items():
        if len(key) > METADATA_KEY_LENGTH or len(value) > METADATA_VALUE_LENGTH:
            raise ApiError(
                f"Metadata keys can be up to {METADATA_KEY_LENGTH} characters long, "
                f"values up to {METADATA_VALUE_LENGTH}.",
                param=f"{name}[{key}]",
            )
    return values


def _leaf(raw: str, options: list[Any], name: str) -> Any:
    words = [
        w for o in options if typing.get_origin(o) is typing.Literal for w in typing.get_args(o)
    ]
    if raw in words:
        return raw
    if int in options:
        return _integer(raw, name)
    if bool in options:
        return _boolean(raw, name)
    if Decimal in options or float in options:
        return raw
    if any(words):  # the package adds `| str` to each list of words, for those of later versions
        listed = ", ".join(word for word in words if word)
        raise ApiError(f"Invalid {name}: must be one of {listed}", param=name)
    if str in options:
        return raw
    if raw == "":  # an empty text clears a list or a dictionary
        return ""
    raise ApiError(f"Invalid object: {name} must hold further parameters", param=name)


def _integer(raw: str, name: str) -> int:
    try:
        return int(raw)
    except ValueError:
        code = "parameter_invalid_integer"
        raise ApiError(f"Invalid integer: {raw}", code=code, param=name) from None


def _boolean(raw: str, name: str) -> bool:
    if raw not in ("true", "false"):
        raise ApiError(f"Invalid boolean: {raw}", param=name)
    return raw == "true"


def _inside(within: str, name: str) -> str:
    return f"{within}[{name}]" if within else name
