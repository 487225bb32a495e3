"""`@operation` and `@requires`: every change of state, and every guarded page, by name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from core.actors import actor_of

P = ParamSpec("P")
R = TypeVar("R")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])

#: "app.operation" → (function, permission or None). Filled when operations modules are imported.
OPERATIONS: dict[str, tuple[Callable[..., Any], str | None]] = {}
#: Permissions that guard reading, with the views that ask for them.
REQUIRED: dict[str, set[str]] = {}


def operation(*, needs: str | None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function as the one home of a change of state.

    The function takes keyword arguments only, the last of them `by: Actor`. This decorator checks
    that the actor's role grants `needs`, opens the transaction and registers the name; the body
    checks the row and its state. `needs=None` marks an act that anyone or only the system does;
    a test lists them all. Raises PermissionDenied.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = f"{function.__module__.split('.')[0]}.{function.__name__}"
        if name in OPERATIONS:
            raise RuntimeError(f"Two operations are called {name}.")

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            if needs is not None and not cast(Any, kwargs["by"]).may(needs):
                raise PermissionDenied(name)
            with transaction.atomic():
                return function(*args, **kwargs)

        OPERATIONS[name] = (wrapper, needs)
        return wrapper

    return decorate


def requires(permission: str) -> Callable[[View], View]:
    """Guard a view that shows something: only roles granted `permission` see it, others get 403.

    Staff who are acting for somebody get a page with the way out instead (see `Actor.may`).
    """

    def decorate(view: View) -> View:
        REQUIRED.setdefault(permission, set()).add(f"{view.__module__}.{view.__name__}")

        @functools.wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            by = actor_of(request)
            if not by.may(permission):
                if by.acting_for is not None and request.user.has_perm(permission):
                    return render(request, "core/closed_while_acting.html", status=403)
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        return cast(View, wrapper)

    return decorate


def docline(function: Callable[..., Any]) -> str:
    """The first line of a function's docstring."""
    return (inspect.getdoc(function) or "").split("\n")[0]
