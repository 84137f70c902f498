"""A scanner that speaks clamd's INSTREAM over TCP (man clamd): chunks with their length, a zero, one answer."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The harmless file every scanner calls a virus (eicar.org), in two parts so that none finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Talk(socketserver.StreamRequestHandler):
    """One scan."""

    def handle(self) -> None:
        if self.rfile.readline() != b"nINSTREAM\n":
            self.wfile.write(b"UNKNOWN COMMAND\n")
            return
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.seen.append(content)
        if self.server.trouble:
            self.wfile.write(self.server.trouble)
        else:
            self.wfile.write(b"stream: Eicar-Test-Signature FOUND\n" if EICAR in content else b"stream: OK\n")


class Scanner(socketserver.ThreadingTCPServer):
    """Remembers what it was shown; `trouble` is answered to everything where it is set."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.seen: list[bytes] = []
        self.trouble = b""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


@contextmanager
def running_scanner() -> Iterator[Scanner]:
    """A scanner for the time of a test."""
    with Scanner() as scanner:
        thread = threading.Thread(target=scanner.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield scanner
        finally:
            scanner.shutdown()
            thread.join()
