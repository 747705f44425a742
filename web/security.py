"""What every answer carries. Whoever is told "not now" (503) is told when to ask again. Plain ASGI, so that uploads stream through untouched.

The content policy allows nothing inline: scripts and styles come from our own files. Secret links must not travel in a Referer
to another site, so that one is same-origin.
"""

from typing import Literal

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

RETRY_AFTER_SECONDS = "5"  # what is away for a moment is asked for again soon; people decide for themselves
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The diagram, decision and form editors set style attributes while they draw; only their pages may do so.
EDITOR_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class SecureAnswers:
    """Adds the headers that are not there yet."""

    def __init__(self, app: ASGIApp, referrer: str = HEADERS["Referrer-Policy"]) -> None:
        self.app = app
        self.headers = HEADERS | {"Referrer-Policy": referrer}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if message["status"] == 503:
                    headers.setdefault("Retry-After", RETRY_AFTER_SECONDS)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, guarded)


def keep_cookie(
    request: Request,
    answer: Response,
    name: str,
    value: str,
    *,
    path: str = "/",
    seconds: int | None = None,
    samesite: Literal["lax", "strict"] = "lax",
) -> None:
    """Have the browser keep a value for the pages under `path`, until it closes or for so many seconds.

    No script reads it, no form of another site sends it, and what was asked by HTTPS goes by nothing else.
    """
    is_secure = request.url.scheme == "https"
    answer.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite=samesite, secure=is_secure)
