"""HTTP on loopback: one thread a request, started and stopped within milliseconds."""

import select
import socketserver
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import urlsplit

from ledger.stripe_sandbox.api import Call
from ledger.stripe_sandbox.faults import Trouble
from ledger.stripe_sandbox.web import Reply

LARGEST_BODY = 1_000_000
LOOK_EVERY = 0.02

Respond = Callable[[Call], Reply | Trouble]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, host: str, port: int, respond: Respond, log: Callable[[str], None]) -> None:
        self.respond = respond
        self.log = log
        self.stopping = threading.Event()
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        """Without looking up the machine's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def start(self) -> None:
        threading.Thread(
            target=self.serve_forever, args=(LOOK_EVERY,), name="sandbox-http", daemon=True
        ).start()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that gave up is no error here; anything else is one, and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server_version = "StripeSandbox"
    sys_version = ""

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def do_DELETE(self) -> None:
        self._respond()

    def _respond(self) -> None:
        server = cast(Server, self.server)
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.send_error(413)
            return
        parts = urlsplit(self.path)
        call = Call(
            method=self.command,
            path=parts.path,
            query=parts.query,
            body=self.rfile.read(length).decode("utf-8", "replace"),
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        reply = server.respond(call)
        if isinstance(reply, Reply):
            self._send(reply)
        elif reply == "timeout":
            self._keep_silent(server)

    def _send(self, reply: Reply) -> None:
        body = reply.text.encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _keep_silent(self, server: Server) -> None:
        """Until the caller hangs up, or the sandbox stops."""
        while not server.stopping.is_set():
            if select.select([self.connection], [], [], LOOK_EVERY)[0]:
                return

    def log_message(self, format: str, *args: Any) -> None:
        cast(Server, self.server).log(format % args)
