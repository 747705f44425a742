"""The office's own signature: what leaves it for another office is signed, so that nobody can change it or pretend to be us.

Ed25519 (RFC 8032). The private key is not kept: it is made from the master key each time, so that it is on every machine of the office,
in every backup of that key, and nowhere else. Another master key is another signature.
"""

import base64
import hashlib
import hmac

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PURPOSE = b"ombudsflow: signature of packages to other offices"
KEY_BYTES, SIGNATURE_BYTES = 32, 64


class Signer:
    """Signs in the name of the office."""

    def __init__(self, master_key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hmac.digest(master_key, PURPOSE, "sha256"))

    @property
    def public_key(self) -> str:
        """What others check our signature with, as base64: no secret."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, content: bytes) -> str:
        """The signature of these bytes, as base64."""
        return base64.b64encode(self._key.sign(content)).decode()


def is_signed_by(public_key: str, signature: str, content: bytes) -> bool:
    """True when whoever holds the private half of this key signed exactly these bytes."""
    key, signed = _decoded(public_key, KEY_BYTES), _decoded(signature, SIGNATURE_BYTES)
    if key is None or signed is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signed, content)
    except InvalidSignature:
        return False
    return True


def is_key(text: str) -> bool:
    """True when this could be somebody's public key."""
    return _decoded(text, KEY_BYTES) is not None


def fingerprint(public_key: str) -> str:
    """What two people read to each other over the telephone to know that they speak of the same key."""
    digest = hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:32]
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def _decoded(text: str, size: int) -> bytes | None:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return found if len(found) == size else None
