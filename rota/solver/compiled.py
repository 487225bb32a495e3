"""The one place that imports the compiler. Only the child process loads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile for the search, cached on disk; with NUMBA_DISABLE_JIT=1 the function as it is."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))
