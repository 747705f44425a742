"""Webhooks: the inputs of a step, posted as JSON to an address the administrator configured, and what it answers taken back.

Nothing in a diagram decides the address: it names one (header `webhook`), and no redirect is followed. Delivered at least once:
every attempt of a step carries the same `Idempotency-Key`, so that the receiver can tell. With a secret each request is signed.
2xx is done, and the members of a JSON object become variables. 5xx, 408, 425, 429 and the network's troubles are tried again;
any other answer is not, for it would be the same.
"""

import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping
from decimal import Decimal
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from engine.step import NoUseTrying, OutsideContext
from problems import Problem
from tasks import given
from tasks.forms_in_use import plain
from tasks.office import Office

HEADER = "webhook"
CONNECT_SECONDS = 20
LARGEST_ANSWER = 1024 * 1024
AGAIN = frozenset({408, 425, 429})


class WebhookUnreachable(Problem):
    """Het adres buiten kon het nu niet aannemen. Het wordt later opnieuw geprobeerd."""


def post(office: Office, context: OutsideContext) -> Mapping[str, Any]:
    """Post the inputs to the webhook of header `webhook`. Raises WebhookUnreachable, and NoUseTrying when the same would happen again."""
    name = context.headers.get(HEADER, "")
    address = office.settings.webhooks.get(name)
    if address is None:
        raise NoUseTrying(
            f"Het webhookadres '{name}' is niet ingesteld. De beheerder noemt het in OMBUDSFLOW_WEBHOOKS."
        )
    body = json.dumps(plain(dict(context.variables)), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Accept": "application/json",
        "User-Agent": "ombudsflow",
        "Idempotency-Key": context.idempotency_key,
        **signature(office.settings.webhook_secret, str(int(context.now.timestamp())), body),
    }
    status, kind, answer = _sent(name, urlsplit(address), body, headers)
    if 200 <= status < 300:
        return _variables(name, kind, answer)
    if status >= 500 or status in AGAIN:
        raise WebhookUnreachable(webhook=name, status=status)
    what = "verwijst door, en dat volgen we niet" if 300 <= status < 400 else "weigert dit"
    raise NoUseTrying(f"Het webhookadres '{name}' {what} (antwoord {status}). Nog eens proberen helpt niet.")


def signature(secret: str, timestamp: str, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows who sent this, and when: HMAC-SHA256 over `<timestamp>.<body>`."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    proof = {"Ombudsflow-Timestamp": timestamp, "Ombudsflow-Signature": f"sha256={signed}"}
    return proof if secret else {}


def _sent(name: str, address: SplitResult, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
    """Status, kind and body of the answer; `http.client` follows no redirect and knows no proxy."""
    connection = _connection(address)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        response: HTTPResponse = connection.getresponse()
        answer = response.read(LARGEST_ANSWER + 1)
        return response.status, response.headers.get_content_type(), answer
    except (OSError, HTTPException) as problem:
        raise WebhookUnreachable(webhook=name, reason=type(problem).__name__) from problem
    finally:
        connection.close()


def _connection(address: SplitResult) -> HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "https":
        trusted = ssl.create_default_context()
        return HTTPSConnection(host, address.port, timeout=CONNECT_SECONDS, context=trusted)
    return HTTPConnection(host, address.port, timeout=CONNECT_SECONDS)


def _variables(name: str, kind: str, answer: bytes) -> Mapping[str, Any]:
    """What the receiver answered, as variables; an answer that is no JSON says only that it was taken."""
    if kind != "application/json" or not answer.strip():
        return {}
    refused = NoUseTrying(
        f"Het webhookadres '{name}' nam dit aan, maar antwoordde iets dat geen variabelen zijn. Sla deze stap over, of laat het verhelpen."
    )
    try:
        found = json.loads(answer, parse_float=Decimal) if len(answer) <= LARGEST_ANSWER else None
        if not isinstance(found, dict):
            raise refused
        return given.variables(found)
    except (ValueError, given.VariablesNotUsable) as problem:
        raise refused from problem
