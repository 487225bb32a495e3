"""The search runs uncompiled here: the same functions, without half a minute of compiling."""

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"
