"""`python -m ledger.stripe_sandbox --port 8001 --state FILE --webhook URL --secret whsec_…`"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from ledger.stripe_sandbox import SECRET, Sandbox


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m ledger.stripe_sandbox",
        description="A stand-in for Stripe on this machine. No money moves.",
    )
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--state", type=Path, help="keep everything in this file")
    parser.add_argument(
        "--webhook", action="append", default=[], help="where events go; may be repeated"
    )
    parser.add_argument("--secret", default=SECRET, help="what webhooks are signed with")
    parser.add_argument("--public-url", help="the address people's browsers use, if it is another")
    chosen = parser.parse_args()
    sandbox = Sandbox(
        port=chosen.port,
        state=chosen.state,
        webhook=chosen.webhook,
        secret=chosen.secret,
        public_url=chosen.public_url,
    )
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with sandbox:
        sys.stdout.write(f"Payment sandbox at {sandbox.public_url}/_sandbox/ (no money moves)\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
