"""Requests that are answered without an ASGI task, where the application can."""

from asyncio import Event
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from typing import Any, Final, Protocol, cast

from httptools import HttpRequestParser
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from services.api.server.ahead import Ordered

Headers = list[tuple[bytes, bytes]]


class Direct(Protocol):
    """What answers some requests from their head and body."""

    def find(self, url: bytes) -> Mapping[str, str] | None:
        """Return the path's parameters if a POST to this URL may be answered here."""
        ...

    def answer(
        self, scope: MutableMapping[str, Any], body: bytes, respond: Callable[[Response, Headers], None]
    ) -> bool:
        """Answer it now or later by `respond`; False = it is to go to the application. Never raises."""
        ...


class _Waiting:
    """Stands for a request until it is answered, where uvicorn looks for its own."""

    message_event: Final = Event()  # nobody waits for it
    more_body = response_started = response_complete = False
    disconnected = False
    keep_alive = True


def answering(direct: Direct) -> type[Ordered]:
    """Return the protocol with requests answered directly that came whole, one after the other."""

    class Answering(Ordered):
        _found: Mapping[str, str] | None = None
        """Parameters in the path of a request held here while its body arrives."""
        _body = b""

        def on_headers_complete(self) -> None:
            self._unset_keepalive_if_required()  # it runs if the request before was answered at once
            self._found = direct.find(self.url) if self._is_plain() else None
            if self._found is None:
                super().on_headers_complete()
            else:
                self.end_headers()

        def _is_plain(self) -> bool:
            """Whether this is a POST of a usual client that awaits no other answer."""
            parser = cast("HttpRequestParser", self.parser)
            return (
                parser.get_method() == b"POST"
                and (self.cycle is None or self.cycle.response_complete)
                and parser.get_http_version() == "1.1"
                and parser.should_keep_alive()
                and not parser.should_upgrade()
                and not self.expect_100_continue
                and not self.flow.write_paused
            )

        def on_body(self, body: bytes) -> None:
            if self._found is None:
                super().on_body(body)
            else:
                self._body += body

        def on_message_complete(self) -> None:
            if self._found is not None and self._answered(self._found):
                self._found, self._body = None, b""
                return
            self._let_go()
            super().on_message_complete()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._let_go()  # the rest of a body that did not come at once may take long

        def _let_go(self) -> None:
            """Hand a held request to uvicorn."""
            if self._found is None:
                return
            body, self._found, self._body = self._body, None, b""
            super().on_headers_complete()
            if body:
                super().on_body(body)

        def _answered(self, found: Mapping[str, str]) -> bool:
            waiting, before = _Waiting(), self.cycle
            scope = {
                "type": "http",
                "scheme": self.scheme,
                "client": self.client,
                "headers": self.scope["headers"],
                "path_params": found,
            }
            self.cycle = cast("RequestResponseCycle", waiting)
            if direct.answer(scope, self._body, partial(self._respond, waiting)):
                return True
            self.cycle = before
            return False

        def _respond(self, waiting: _Waiting, response: Response, more: Headers) -> None:
            waiting.response_complete = True
            if self.transport.is_closing():
                return
            headers = [*self.server_state.default_headers, *response.raw_headers, *more]
            if not waiting.keep_alive:
                headers.append((b"connection", b"close"))
            lines = [name + b": " + value for name, value in headers]
            head = STATUS_LINE[response.status_code] + b"\r\n".join(lines)
            self.transport.write(head + b"\r\n\r\n" + bytes(response.body))
            if not waiting.keep_alive:
                self.transport.close()
            self.on_response_complete()

    return Answering
