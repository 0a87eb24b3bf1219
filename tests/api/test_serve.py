"""What the server's sockets promise."""

import socket

from services.serve import _listen


def test_an_answer_in_two_writes_does_not_wait_for_the_client_to_acknowledge_the_first() -> None:
    with _listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()) as client:
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert client.getpeername() == listening.getsockname()
