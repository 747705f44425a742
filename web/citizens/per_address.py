"""How much may come from one address in an hour, so that one visitor does not fill the office for all others.

Counted in the memory of this process, and nowhere else: of an address it keeps a hash under a key that it made when it started, for an hour.
So no address ever lies on a disk; and where several processes serve, each counts for itself, and an address may do as much at each. What all
visitors together may leave here is counted in the database (`tasks.citizens.drafts`), for all processes.
Only public addresses count: another is a colleague's, or that of a proxy that does not say who calls (docs/operating.md), so everybody's.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fastapi import Request

from cases.documents import Upload
from problems import TooOften
from tasks.citizens.drafts import TooMuchFromHere
from web.context import office_of

AN_HOUR = timedelta(hours=1)
# A library, a school or a ministry is one address too.
MOST_BEGUN = 40
MOST_BYTES = 1024 * 1024 * 1024  # two complaints with as many files as go with one, each as large as may be
MOST_ASKED = 30  # links to a page or a question, by who lost theirs
MOST_FAILED = 60  # logins, with whatever names: of one name fewer are allowed (`identity.people`)
MOST_KNOWN = 50_000  # addresses at once: some megabytes


class TooManyLoginsFromHere(TooOften):
    """Vanaf uw internetverbinding kwamen het laatste uur te veel verkeerde wachtwoorden. Wacht een uur, of bel uw beheerder."""


@dataclass(frozen=True)
class Sent:
    """What came at a moment: a complaint that was begun, bytes of files, a link that was asked for, a login that failed."""

    at: datetime
    begun: int = 0
    size: int = 0
    asked: int = 0
    failed: int = 0


class Senders:
    """What came from whom in the last hour; whoever came last is at the end."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._sent: OrderedDict[bytes, list[Sent]] = OrderedDict()

    def note(self, host: str, sent: Sent, *, keeps: bool = True) -> None:
        """Count this, or refuse it with TooMuchFromHere; what is not to be kept is only asked for."""
        network = network_of(host)
        if network is None:
            return
        sender = hashlib.blake2b(network.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            self._forget(sent.at - AN_HOUR)
            before = [each for each in self._sent.get(sender, []) if each.at > sent.at - AN_HOUR]
            known = [*before, sent]
            if _is_too_much(known):
                raise TooMuchFromHere
            if keeps:
                self._sent[sender] = known
                self._sent.move_to_end(sender)

    def _forget(self, until: datetime) -> None:
        """Whoever did not come for an hour; and when very many came, those that came longest ago."""
        while self._sent:
            oldest = next(iter(self._sent))
            if self._sent[oldest][-1].at > until and len(self._sent) < MOST_KNOWN:
                return
            del self._sent[oldest]


def _is_too_much(known: Sequence[Sent]) -> bool:
    most = (("begun", MOST_BEGUN), ("size", MOST_BYTES), ("asked", MOST_ASKED), ("failed", MOST_FAILED))
    return any(sum(getattr(each, kind) for each in known) > limit for kind, limit in most)


def network_of(host: str) -> str | None:
    """What one visitor comes from: a public IPv4 address, or the IPv6 network that a house has; None for what tells nothing of who calls."""
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if not address.is_global:
        return None
    return str(address) if isinstance(address, IPv4Address) else str(ip_network((address, 64), strict=False))


def begins(request: Request) -> None:
    """Somebody begins a complaint. Raises TooMuchFromHere."""
    _note(request, begun=1)


def sends(request: Request, upload: Upload) -> None:
    """Somebody sends a file. Raises TooMuchFromHere."""
    _note(request, size=upload.size)


def asks(request: Request) -> None:
    """Somebody asks for a link they lost. Raises TooMuchFromHere."""
    _note(request, asked=1)


def tries_to_log_in(request: Request) -> None:
    """Before a password is looked at. Raises TooManyLoginsFromHere when too many were wrong."""
    try:
        _note(request, failed=1, keeps=False)
    except TooMuchFromHere:
        raise TooManyLoginsFromHere from None


def failed_to_log_in(request: Request) -> None:
    """The password was wrong."""
    with suppress(TooMuchFromHere):  # of two at once, the second is refused the next time
        _note(request, failed=1)


def _note(request: Request, *, keeps: bool = True, **sent: int) -> None:
    office = office_of(request)
    if office.house.is_sealed:
        return  # of who reports nothing is known, not even for an hour
    senders: Senders = request.app.state.senders
    host = request.client.host if request.client else ""
    senders.note(host, Sent(office.clock.now(), **sent), keeps=keeps)
