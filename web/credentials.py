"""Who calls the API: a bearer token in the Authorization header. Cookies are not looked at, so no page can make a browser call it."""

from fastapi import Request

from identity import sessions
from identity.people import Actor
from problems import Forbidden
from storage.unit_of_work import Reading

LONGEST = 200


class TokenRefused(Forbidden):
    """Dit verzoek heeft geen geldige sleutel. Stuur ze mee als `Authorization: Bearer …`; de beheerder kan er een geven."""


def require_bearer(request: Request) -> str:
    """The secret the call carries, not yet checked. Raises TokenRefused when there is none."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or len(secret) > LONGEST:
        raise TokenRefused
    return secret


def caller(request: Request, reading: Reading) -> Actor:
    """The program behind the token. Raises TokenRefused."""
    actor = sessions.token_actor(reading, require_bearer(request))
    if actor is None:
        raise TokenRefused
    return actor
