"""Personal values, sealed with a key per stream (AES-256-GCM); each stream's key is wrapped by the office's master key.

The master key also seals the head of each chain, so that a chain rewritten as a whole, with right hashes, still shows.
The nonce is random (96 bits); the stream's name is authenticated with it, so a sealed value cannot move to another case.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from history.sealed_box import Opener
from history.signing import Signer

NONCE_BYTES = 12
KEY_BYTES = 32


class Keyring:
    """The master key and what it wraps."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"the master key must have {KEY_BYTES} bytes, it has {len(master_key)}")
        self._master = AESGCM(master_key)
        self._heads_key = hmac.digest(master_key, b"ombudsflow: heads of chains", "sha256")
        self.signer = Signer(master_key)
        self.opener = Opener(master_key)
        self._codes_key = hmac.digest(master_key, b"ombudsflow: receipt codes", "sha256")
        self._links_key = hmac.digest(master_key, b"ombudsflow: links to questions", "sha256")

    @classmethod
    def from_file(cls, path: Path) -> "Keyring":
        """Read the master key; make one, readable by its owner only, when the file does not exist yet."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return cls.from_file(path)
            with os.fdopen(handle, "wb") as file:
                file.write(os.urandom(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
        return cls(path.read_bytes())

    def new_key(self, stream: str) -> bytes:
        """A fresh stream key, wrapped."""
        return _encrypt(self._master, os.urandom(KEY_BYTES), stream)

    def seal(self, wrapped_key: bytes, stream: str, values: Mapping[str, object]) -> str:
        """Values to text that only this stream's key opens."""
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=str)
        return self.sealer(wrapped_key, stream)(text)

    def sealer(self, wrapped_key: bytes, stream: str) -> Callable[[str], str]:
        """What `seal` does to the JSON text of values, with the stream's key opened once for many of them."""
        cipher = self.cipher(wrapped_key, stream)
        return lambda text: base64.b64encode(_encrypt(cipher, text.encode(), stream)).decode()

    def open(self, wrapped_key: bytes, stream: str, sealed: str) -> dict[str, object]:
        """The values again. Raises InvalidTag when text, key or stream do not belong together."""
        opened = _decrypt(self.cipher(wrapped_key, stream), base64.b64decode(sealed), stream)
        values: dict[str, object] = json.loads(opened)
        return values

    def opens(self, wrapped_key: bytes, stream: str) -> bool:
        """True when this master key wrapped the stream's key."""
        try:
            self.cipher(wrapped_key, stream)
        except InvalidTag:
            return False
        return True

    def sign_head(self, stream: str, seq: int, chain_hash: str) -> str:
        """The seal of a chain's head (HMAC-SHA-256): only whoever holds the master key can make it."""
        text = json.dumps([stream, seq, chain_hash])
        return hmac.digest(self._heads_key, text.encode(), "sha256").hex()

    def lengthened(self, code: str) -> str:
        """A code short enough to write down, as a secret nobody can guess at without the master key (scrypt, 64 characters)."""
        return hashlib.scrypt(code.encode(), salt=self._codes_key, n=2**14, r=8, p=1, dklen=KEY_BYTES).hex()

    def link_secret(self, subject: str) -> str:
        """The secret of the link to this subject, the same each time it is made (HMAC-SHA-256, 43 characters): only its hash is kept."""
        digest = hmac.digest(self._links_key, subject.encode(), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def cipher(self, wrapped_key: bytes, stream: str) -> AESGCM:
        """The stream's key, opened. Raises InvalidTag when this master key did not wrap it."""
        return AESGCM(_decrypt(self._master, wrapped_key, stream))


def lock(content: bytes) -> tuple[str, bytes]:
    """Bytes shut with a key of their own, and that key as text: who throws it away throws the bytes away."""
    key = AESGCM.generate_key(KEY_BYTES * 8)
    return base64.b64encode(key).decode(), _encrypt(AESGCM(key), content, "")


def unlock(key: str, shut: bytes) -> bytes:
    """The bytes again. Raises InvalidTag when they are not those."""
    return _decrypt(AESGCM(base64.b64decode(key)), shut, "")


def _encrypt(cipher: AESGCM, plain: bytes, stream: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, stream.encode())


def _decrypt(cipher: AESGCM, stored: bytes, stream: str) -> bytes:
    return cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], stream.encode())


@lru_cache(maxsize=8)
def keyring_at(path: Path) -> Keyring:
    """The keyring of an installation, read once per process."""
    return Keyring.from_file(path)


__all__ = ["InvalidTag", "Keyring", "keyring_at", "lock", "unlock"]
