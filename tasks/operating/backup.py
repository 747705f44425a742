"""A copy of the office in one file, and the office out of a copy.

In the file: the database as it stood at one moment, every attachment it knows, and a list of what is in it with digests. The key
that opens personal values is kept apart unless it is asked for: who finds the copy alone can read no name.
Promise: taken while the office works; put back whole or not at all. Refuses with BackupDamaged, DatabaseNotEmpty, KeyMissing.
"""

import hashlib
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from problems import Conflict, Invalid
from storage import copying
from storage.on_disk import synced
from storage.unit_of_work import Database
from tasks.office import Settings

FORMAT = 1
CONTENTS, DATABASE, FILES, KEY, KEYS = "contents.json", "database.db", "files", "master.key", "keys"
CHUNK = 1024 * 1024


class BackupDamaged(Invalid):
    """Deze kopie is beschadigd of onvolledig. Er is niets teruggezet."""


class KeyMissing(Conflict):
    """De sleutel zit niet in deze kopie. Zet eerst master.key op zijn plaats in de map van de gegevens; er is niets teruggezet."""


class KeyDiffers(Conflict):
    """De sleutel in de map van de gegevens is een andere dan die van deze kopie. Er is niets teruggezet."""


@dataclass(frozen=True)
class Backup:
    """What a copy holds: rows per table, attachments, their bytes together, and whether the key is in it."""

    rows: dict[str, int]
    files: int
    size: int
    has_key: bool


def write(database: Database, settings: Settings, file: Path, *, at: datetime, with_key: bool) -> Backup:
    """Write a copy to a new file. It appears under its name only when it is whole."""
    # A copy that is killed leaves this, which the next of that name clears away.
    folder = file.with_name(file.name + ".part")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        picture, unfinished = folder / DATABASE, folder / "whole.tar"
        rows = copying.picture(database, picture)
        with tarfile.open(unfinished, "w") as archive:
            digests = {DATABASE: _add(archive, picture, DATABASE)}
            for each in _attachments(settings):  # after the rows: a file comes before its row, so none is missing
                name = f"{FILES}/{each.relative_to(_folder(settings)).as_posix()}"
                with suppress(FileNotFoundError):  # swept just now: no row knew it
                    digests[name] = _add(archive, each, name)
            if with_key:
                digests[KEY] = _add(archive, settings.master_key_file, KEY)
                for each in sorted(settings.keys_dir.glob("*.key")):  # of a sealed house: one per case
                    digests[f"{KEYS}/{each.name}"] = _add(archive, each, f"{KEYS}/{each.name}")
            contents = {
                "format": FORMAT,
                "made_at": at.isoformat(),
                "rows": rows,
                "digests": digests,
                "key": _digest(settings.master_key_file),
            }
            listed = folder / CONTENTS
            listed.write_text(json.dumps(contents, indent=1, sort_keys=True), encoding="utf-8")
            _add(archive, listed, CONTENTS)
        synced(unfinished)
        unfinished.replace(file)
        synced(file.parent)
    finally:
        shutil.rmtree(folder)
    return _described(contents, file)


def read_back(file: Path, database: Database, settings: Settings) -> Backup:
    """Put a copy back into an empty office. Everything is checked before anything is written."""
    with _unpacked(file, settings.data_dir) as folder:
        contents = _checked(folder)
        key = folder / KEY
        if not key.exists() and not settings.master_key_file.exists():
            raise KeyMissing(path=str(settings.master_key_file))
        if settings.master_key_file.exists() and _digest(settings.master_key_file) != contents["key"]:
            raise KeyDiffers(path=str(settings.master_key_file))
        copying.put_back(folder / DATABASE, database)
        if (folder / FILES).is_dir():
            shutil.copytree(folder / FILES, _folder(settings), dirs_exist_ok=True)
        if (folder / KEYS).is_dir():
            shutil.copytree(folder / KEYS, settings.keys_dir, dirs_exist_ok=True)
        if key.exists() and not settings.master_key_file.exists():
            shutil.copyfile(key, settings.master_key_file)
            settings.master_key_file.chmod(0o600)
    return _described(contents, file)


def _folder(settings: Settings) -> Path:
    return settings.data_dir / "files"


def _attachments(settings: Settings) -> Iterator[Path]:
    if _folder(settings).is_dir():
        yield from sorted(
            each for each in _folder(settings).rglob("*") if each.is_file() and not each.name.startswith("incoming-")
        )


def _add(archive: tarfile.TarFile, source: Path, name: str) -> str:
    """Add a file under a name, without saying who or where we are; gives its digest."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = source.stat().st_size, 0o600
    with source.open("rb") as stream:
        archive.addfile(entry, stream)
    return _digest(source)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return _digest_of(stream)


def _digest_of(stream: BinaryIO) -> str:
    found = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()


@contextmanager
def _unpacked(file: Path, beside: Path) -> Iterator[Path]:
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        try:
            with tarfile.open(file, "r:") as archive:
                for each in archive:
                    _unpack(archive, each, Path(folder))
        except (tarfile.TarError, OSError, EOFError) as problem:
            raise BackupDamaged(file=str(file), reason=str(problem)) from problem
        yield Path(folder)


def _unpack(archive: tarfile.TarFile, each: tarfile.TarInfo, folder: Path) -> None:
    """One file, with nothing of it but its bytes. By hand: the first versions of Python 3.11 know no filters yet. Raises TarError."""
    target = folder / each.name
    stream = archive.extractfile(each) if each.isreg() else None
    if stream is None or ".." in target.parts or not target.is_relative_to(folder):
        raise tarfile.TarError(f"{each.name} does not belong in a copy")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600, exist_ok=False)  # a key may be among them
    with stream, target.open("wb") as file:
        shutil.copyfileobj(stream, file, CHUNK)


def _checked(folder: Path) -> dict[str, Any]:
    """The list of contents, every file of it compared with its digest. Raises BackupDamaged."""
    try:
        contents: dict[str, Any] = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        known = contents["format"] == FORMAT
        wrong = [name for name, digest in contents["digests"].items() if _digest(folder / name) != digest]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BackupDamaged(reason=str(problem)) from problem
    if not known:
        raise BackupDamaged(reason=f"format {contents['format']}")
    if wrong:
        raise BackupDamaged(reason=f"{wrong[0]} is not as it was written")
    return contents


def _described(contents: dict[str, Any], file: Path) -> Backup:
    digests = contents["digests"]
    files = sum(name.startswith(f"{FILES}/") for name in digests)
    return Backup(contents["rows"], files, file.stat().st_size, KEY in digests)
