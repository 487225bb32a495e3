"""Settings about money that must not stand."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

TEST_KEYS = ("sk_test_", "rk_test_")


@register()
def keys_fit(**_: Any) -> list[CheckMessage]:
    """Real money never moves in the demo, and a live key is told to Stripe alone."""
    key = settings.STRIPE_SECRET_KEY
    faults: list[CheckMessage] = []
    if key and not key.startswith(TEST_KEYS):
        if settings.DEMO:
            faults.append(Error("Demo mode takes only a test key of Stripe’s.", id="weft.E010"))
        if settings.STRIPE_API_URL:
            faults.append(
                Error("STRIPE_API_URL is only for a test key of Stripe’s.", id="weft.E011")
            )
    if key and not settings.STRIPE_WEBHOOK_SECRETS:
        faults.append(
            Error("STRIPE_SECRET_KEY is set: set STRIPE_WEBHOOK_SECRETS too.", id="weft.E012")
        )
    return faults
