"""Servers on this machine that mean no good, and a torchvision that believes every word of them."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Thread

Talk = Callable[[socket.socket, bytes], None]

#: As torchvision fetches and unpacks, but for the MD5; it does not take seconds to start.
STAND_IN = """
import gzip, os, shutil, urllib.request

class MNIST:
    mirrors = ["http://127.0.0.1:9/"]

    def __init__(self, root, download):
        raw = os.path.join(root, type(self).__name__, "raw")
        os.makedirs(raw)
        for part in ("train", "t10k"):
            for kind in ("images-idx3-ubyte", "labels-idx1-ubyte"):
                self.download(f"{part}-{kind}", raw)

    def download(self, name, raw):
        plain = os.path.join(raw, name)
        with urllib.request.urlopen(f"{self.mirrors[0]}{name}.gz") as body, open(plain + ".gz", "wb") as file:
            while chunk := body.read(2**15):
                file.write(chunk)
        with gzip.open(plain + ".gz") as packed, open(plain, "wb") as file:
            shutil.copyfileobj(packed, file)
"""


def stand_in(folder: Path) -> str:
    """A folder in which Python finds this torchvision."""
    package = folder / "torchvision"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "datasets.py").write_text(STAND_IN)
    return str(folder)


def head(status: str = "200 OK", *lines: str) -> bytes:
    """The beginning of an answer."""
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def whole(to: socket.socket, body: bytes) -> None:
    """Answer as one should."""
    to.sendall(head("200 OK", f"Content-Length: {len(body)}", "Connection: close") + body)


def hang(to: socket.socket, body: bytes) -> None:
    """Promise all and send nothing."""
    to.sendall(head("200 OK", f"Content-Length: {len(body)}"))
    time.sleep(60)


def half(to: socket.socket, body: bytes) -> None:
    """Promise all and send half."""
    to.sendall(head("200 OK", f"Content-Length: {len(body)}") + body[: len(body) // 2])


def drip(to: socket.socket, body: bytes) -> None:
    """Send a byte, and after a while another."""
    to.sendall(head("200 OK", f"Content-Length: {len(body)}"))
    for i in count():
        to.sendall(body[i : i + 1])
        time.sleep(0.1)


def endless(to: socket.socket, body: bytes) -> None:
    """Send zeros as long as they are taken."""
    to.sendall(head())
    while True:
        to.sendall(bytes(2**16))


def endless_head(to: socket.socket, body: bytes) -> None:
    """Send line after line of a header."""
    to.sendall(b"HTTP/1.1 200 OK\r\n")
    for i in count():
        to.sendall(f"X-{i}: {'x' * 1000}\r\n".encode())


def bomb(to: socket.socket, body: bytes) -> None:
    """Send a megabyte that unpacks to a gigabyte."""
    whole(to, gzip.compress(bytes(2**20), 9) * 2**10)


HOSTILE: dict[str, Talk] = {
    "hangs": lambda to, body: time.sleep(60),
    "hangs in the body": hang,
    "closes": lambda to, body: None,
    "nonsense": lambda to, body: to.sendall(b"\0\xff" * 100 + b"\r\n\r\n"),
    "half": half,
    "drips": drip,
    "endless": endless,
    "endless head": endless_head,
    "leads to itself": lambda to, body: to.sendall(head("302 Found", "Location: ?", "Content-Length: 0")),
    "leads to a file": lambda to, body: to.sendall(head("302 Found", "Location: file:///etc/passwd")),
    "no length": lambda to, body: to.sendall(head("200 OK", "Content-Length: -1") + body + b"!"),
    "nothing": lambda to, body: whole(to, b""),
    "a page": lambda to, body: whole(to, b"<html>Please log in</html>"),
    "other bytes": lambda to, body: whole(to, gzip.compress(b"\0\0\x08\x01\0\0\0\x02\1\2")),
    "bomb": bomb,
    "an error": lambda to, body: to.sendall(head("500 Oh\x1b[2J", "Content-Length: 0")),
}


@contextmanager
def mirror(folder: Path, talk: Talk) -> Iterator[tuple[str, list[str]]]:
    """A URL under which this is said of the files of a folder, and what has been asked for so far."""
    asked: list[str] = []

    def answer(to: socket.socket) -> None:
        with to, suppress(OSError, ValueError, IndexError):
            asked.append(to.recv(2**16).split()[1].decode().lstrip("/?"))
            path = folder / asked[-1]
            talk(to, path.read_bytes() if path.is_file() else b"")

    def serve() -> None:
        with suppress(OSError):
            while True:
                Thread(target=answer, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)
