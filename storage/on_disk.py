"""What survives a power cut: bytes that were synced, in a folder that was synced too."""

import os
from pathlib import Path


def synced(place: Path) -> None:
    """Put what is in a file, or which names a folder has, on the disk for good. A new file needs both: itself, then its folder."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
