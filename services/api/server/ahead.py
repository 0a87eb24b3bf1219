"""Requests sent ahead of the answers to earlier ones: few are kept, and no answer is taken for another's."""

from asyncio import Transport
from collections.abc import Sized
from typing import Final, cast

from httptools import HttpRequestParser
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST_AHEAD: Final = 1024
"""Most requests of one connection that wait for an earlier answer: about as many commands as one read
takes in. A request of 30 bytes takes 2 KB."""


class _Reading(FlowControl):
    """Reads nothing more while requests wait. uvicorn does after each answer, and keeps what it reads."""

    def __init__(self, transport: Transport, waiting: Sized) -> None:
        super().__init__(transport)
        self._waiting = waiting

    def resume_reading(self) -> None:
        if not self._waiting:
            super().resume_reading()


class Ordered(HttpToolsProtocol):
    """uvicorn's protocol, with limits on what is sent ahead."""

    _begun: RequestResponseCycle | None = None
    """The last request that the application was given."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = _Reading(transport, self.pipeline)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if len(self.pipeline) > MOST_AHEAD:
            self._close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._begun = cycle
        super()._start_asgi_task(cycle, app)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self.end_headers()

    def end_headers(self) -> None:
        """Keep trailers, which follow a body in chunks, from being added to the request's headers."""
        if not cast("HttpRequestParser", self.parser).should_upgrade():  # then uvicorn reads them again
            self.headers = []

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing():
            self.flow.resume_reading()  # the last one that waited may have begun

    def send_400_response(self, msg: str) -> None:
        if not self._owes_answer():
            super().send_400_response(msg)
        self._close()

    def refuse(self, answer: bytes) -> None:
        """Close the connection, after this answer unless an earlier one is still to come."""
        if not self._owes_answer():
            self.transport.write(answer)
        self._close()

    def _close(self) -> None:
        """Close the connection. What the application still answers is dropped: to send it would raise."""
        self.transport.close()
        if self._begun and not self._begun.response_complete:
            self._begun.disconnected = True
            self._begun.message_event.set()

    def _owes_answer(self) -> bool:
        """Whether a client would take the next answer for that to an earlier request, such as a command
        that is recorded nevertheless."""
        last = self.cycle
        if last is None or last.response_complete:
            return False
        return bool(self.pipeline) or last.response_started or not last.more_body
