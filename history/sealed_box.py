"""A box that one house alone can open: HPKE (RFC 9180) with X25519, HKDF-SHA256 and AES-256-GCM.

Whoever shuts it cannot open it any more. The private key is made from the master key each time, as that of the signature (`history.signing`).
Refuses with BoxNotOurs.
"""

import base64
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from problems import Invalid

PURPOSE, ABOUT = b"ombudsflow: boxes for this house", b"ombudsflow-report/1"
KEY_BYTES = 32
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class BoxNotOurs(Invalid):
    """Dit pakket is niet voor dit huis, of het is beschadigd."""


class Opener:
    """Opens what was shut for this house."""

    def __init__(self, master_key: bytes) -> None:
        self._key = X25519PrivateKey.from_private_bytes(hmac.digest(master_key, PURPOSE, "sha256"))

    @property
    def public_key(self) -> str:
        """What others shut a box with, as base64: no secret."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def open(self, shut: bytes) -> bytes:
        """What is in the box. Raises BoxNotOurs."""
        try:
            return _SUITE.decrypt(shut, self._key, ABOUT)
        except (InvalidTag, ValueError):
            raise BoxNotOurs from None


def is_box_key(text: str) -> bool:
    """True when this could be the public key of a house."""
    try:
        return len(base64.b64decode(text, validate=True)) == KEY_BYTES
    except ValueError:
        return False


def shut_for(public_key: str, content: bytes) -> bytes:
    """A box for the house of this key."""
    return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(base64.b64decode(public_key)), ABOUT)
