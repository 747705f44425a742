"""A connection that never comes to the end of a request's head: cut off, since the library keeps all of it and waits for ever.

A head that is only too large is refused with an answer for people (`web.arriving.bodies`). This is for what no browser sends.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES = 256 * 1024
LONGEST = 60.0  # seconds


class BoundedHead(HttpToolsProtocol):
    """HTTP as the library reads it, with an end to how large a head may be, and how slow."""

    most_bytes, longest = MOST_BYTES, LONGEST

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._too_slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._too_slow is None:  # not the first of this connection
            self._await_head()

    def on_headers_complete(self) -> None:
        self._have_head()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was_in_head = self._too_slow is not None
        super().data_received(data)
        if not was_in_head or self._too_slow is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > self.most_bytes and not self.transport.is_closing():
            self._cut_off()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._too_slow = self.loop.call_later(self.longest, self._cut_off)

    def _have_head(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None

    def _cut_off(self) -> None:
        self.transport.abort()
