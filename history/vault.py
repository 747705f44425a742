"""The keys of a sealed house: one per case, each in a file of its own beside the database, wrapped by the master key.

They are kept out of the database so that they are kept out of its copies: when the key of a case is destroyed, no copy of the database opens
that case any more, however old it is. Copy them apart (`keys`, with master.key), each time over the copy before (docs/operating.md).
Refuses with KeyOfCaseGone.
"""

import base64
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from history.sealing import NONCE_BYTES, Keyring
from problems import Conflict
from storage.on_disk import synced

OWNER = re.compile(r"house|case:[0-9]+")


class KeyOfCaseGone(Conflict):
    """De sleutel van dit dossier is er niet (meer). Wat ermee gesloten werd, kan niemand nog lezen."""


class FileVault:
    """Shuts and opens with the key of an owner: `case:<id>`, or `house` for what belongs to no case."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder, self._keyring = folder, keyring
        self._ciphers: dict[str, AESGCM] = {}

    def shut(self, owner: str, text: str) -> str:
        """Text, as base64 that only this owner's key opens. The first time the key is made."""
        nonce = os.urandom(NONCE_BYTES)
        shut = self._cipher(owner, may_make=True).encrypt(nonce, text.encode(), owner.encode())
        return base64.b64encode(nonce + shut).decode()

    def open(self, owner: str, shut: str) -> str:
        """The text again. Raises KeyOfCaseGone."""
        stored = base64.b64decode(shut)
        try:
            return self._cipher(owner).decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], owner.encode()).decode()
        except InvalidTag:
            raise KeyOfCaseGone from None

    def has(self, owner: str) -> bool:
        """True while the key is there."""
        return self._file(owner).exists()

    def destroy(self, owner: str) -> None:
        """Throw a key away. Twice is once."""
        self._ciphers.pop(owner, None)
        self._file(owner).unlink(missing_ok=True)
        if self._folder.is_dir():
            synced(self._folder)

    def _cipher(self, owner: str, *, may_make: bool = False) -> AESGCM:
        file = self._file(owner)
        if not file.exists():  # asked each time: another process may have destroyed it
            self._ciphers.pop(owner, None)
            if not may_make:
                raise KeyOfCaseGone
            self._make(owner, file)
        if owner not in self._ciphers:
            self._ciphers[owner] = self._keyring.cipher(file.read_bytes(), owner)
        return self._ciphers[owner]

    def _make(self, owner: str, file: Path) -> None:
        """Whole or not at all, and on the disk before anything is shut with it; of two who make it, one does."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, made = tempfile.mkstemp(dir=self._folder, prefix="new-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(self._keyring.new_key(owner))
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileExistsError):
                os.link(made, file)
        finally:
            Path(made).unlink(missing_ok=True)
        synced(self._folder)

    def _file(self, owner: str) -> Path:
        if OWNER.fullmatch(owner) is None:
            raise KeyOfCaseGone
        return self._folder / f"{owner.replace(':', '-')}.key"
