"""The device in Python on a TCP port, for what takes a URL."""

import socket
from contextlib import contextmanager, suppress
from threading import Thread

from tests.hil.served import answer


@contextmanager
def on_a_socket(device):
    """A device's URL: one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with suppress(OSError):
                while True:
                    end, _ = server.accept()
                    with end:
                        answer(device, end.recv, end.sendall)

        Thread(target=serve, daemon=True).start()
        yield f"socket://127.0.0.1:{server.getsockname()[1]}"
