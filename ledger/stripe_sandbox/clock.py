"""The sandbox's own time, which a test or a demo visitor may move on."""

import time

DAY = 24 * 60 * 60


class Clock:
    def __init__(self, ahead: int = 0) -> None:
        self.ahead = ahead

    def now(self) -> int:
        """Seconds since 1970, as everywhere in Stripe's API."""
        return int(time.time()) + self.ahead

    def advance(self, seconds: int) -> None:
        self.ahead += seconds
