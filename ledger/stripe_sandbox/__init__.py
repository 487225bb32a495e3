"""A stand-in for the part of Stripe's API that Weft uses, for tests and the demo. See docs/payment-
sandbox.md.

It knows nothing of Django or of Weft: only the standard library, and the stripe package's types.
"""

from ledger.stripe_sandbox.errors import ApiError
from ledger.stripe_sandbox.sandbox import API_KEY, SECRET, Sandbox

__all__ = ["API_KEY", "SECRET", "ApiError", "Sandbox"]
