"""A web server on this machine that cuts, stalls and lies, as its script says."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any


@dataclass
class Script:
    """What the server does; each answer takes the next step, the last step stays."""

    data: bytes
    steps: list[Callable[["Handler"], None]]
    requests: list[dict[str, str]] = field(default_factory=list)
    """Headers of each request, with its path under ``path``."""
    address: str = ""
    release: threading.Event = field(default_factory=threading.Event)
    """Set when stalled answers may end."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def do_GET(self) -> None:
        number = len(self.script.requests)
        self.script.requests.append({"path": self.path} | {name.lower(): value for name, value in self.headers.items()})
        self.close_connection = True
        self.script.steps[min(number, len(self.script.steps) - 1)](self)

    def head(self, status: int, *headers: tuple[str, object]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, str(value))
        self.end_headers()

    def start_of_range(self) -> int:
        return int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def whole(handler: Handler, *, tag: str = '"one"', until: int | None = None, stall: bool = False) -> None:
    """Answer as a good server does, but end after ``until`` bytes of the file, or stall there."""
    data = handler.script.data
    start = handler.start_of_range() if handler.headers.get("If-Range", tag) == tag else 0
    if start >= len(data):
        handler.head(416, ("Content-Length", 0))
        return
    kept = [("Content-Length", len(data) - start), ("ETag", tag), ("Content-Type", "application/octet-stream")]
    if start:
        handler.head(206, *kept, ("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}"))
    else:
        handler.head(200, *kept)
    body = data[start:until]
    for first, last in pairwise([*range(0, len(body), 1000), len(body)]):
        handler.wfile.write(body[first:last])
    handler.wfile.flush()
    if stall:
        handler.script.release.wait(10)


class Server(ThreadingHTTPServer):
    """Says nothing of clients that hang up: that is what some tests are about."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(data: bytes, *steps: Callable[[Handler], None]) -> Iterator[Script]:
    """Serve ``data`` on a free port of 127.0.0.1."""
    script = Script(data, list(steps) or [whole])
    handler = type("Scripted", (Handler,), {"script": script})
    server = Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    script.address = f"http://127.0.0.1:{server.server_port}/weights.pth"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
