"""What a server process uses, as Linux tells it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class ServerProcess:
    """A server of one process."""

    folder: Path

    @classmethod
    def at(cls, address: str) -> "ServerProcess":
        """The process that was told to serve at this address. Raises SystemExit when there is none."""
        told = f"--port\0{urlsplit(address).port}\0".encode()
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if told in file.read_bytes():
                    return cls(file.parent)
            except FileNotFoundError:  # it ended between the listing and the look
                continue
        raise SystemExit(f"no process serves at {address}")

    @property
    def memory_mb(self) -> float:
        """Megabytes of memory in use now."""
        lines = (self.folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    @property
    def cpu_s(self) -> float:
        """Seconds of processor its threads used since they began, counted to the nanosecond: what `stat` tells is a guess by samples."""
        return sum(int(file.read_text().split()[0]) for file in self.folder.glob("task/*/schedstat")) / 1e9
