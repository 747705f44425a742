"""Requests go before the work of the clock: `tasks.background.precedence` hears of each one from its first byte to its last."""

from starlette.types import ASGIApp, Receive, Scope, Send

from tasks.background.precedence import Precedence


class PeopleFirst:
    """Tells that somebody waits for an answer."""

    def __init__(self, app: ASGIApp, precedence: Precedence) -> None:
        self.app, self._precedence = app, precedence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with self._precedence.request():
            await self.app(scope, receive, send)
