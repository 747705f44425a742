"""The office: what every command needs at hand, assembled once in service.py.

Settings are read from the environment once and never change. Nothing here holds state that matters:
two processes with the same settings are the same office.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cases.codelists import CodeList
from cases.deadlines import Rules
from cases.documents import DocumentStore
from cases.register import Register
from engine.instances import Engine
from history.log import Log
from storage.unit_of_work import Database
from tasks.clock_source import Clock

WORKFLOWS = Path(__file__).resolve().parent.parent / "workflows"


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations. Times are seconds, sizes bytes."""

    database_url: str = "sqlite:///var/ombudsflow.db"
    data_dir: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    office_name: str = "Ombudsdienst"
    smtp_host: str = ""
    smtp_port: int = 25
    mail_from: str = "ombudsdienst@example.org"
    is_demo: bool = False
    is_bench: bool = False
    upload_limit: int = 100 * 1024 * 1024
    tick_seconds: float = 1.0

    @property
    def master_key_file(self) -> Path:
        """The 32 bytes that wrap each case's own key; kept beside, never inside, the database."""
        return self.data_dir / "master.key"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read OMBUDSFLOW_* variables; docs/operating.md explains each."""
        data_dir = Path(environ.get("OMBUDSFLOW_DATA_DIR", "var"))
        return cls(
            database_url=environ.get("OMBUDSFLOW_DATABASE_URL", f"sqlite:///{data_dir}/ombudsflow.db"),
            data_dir=data_dir,
            base_url=environ.get("OMBUDSFLOW_BASE_URL", cls.base_url).rstrip("/"),
            office_name=environ.get("OMBUDSFLOW_OFFICE_NAME", cls.office_name),
            smtp_host=environ.get("OMBUDSFLOW_SMTP_HOST", ""),
            smtp_port=int(environ.get("OMBUDSFLOW_SMTP_PORT", "25")),
            mail_from=environ.get("OMBUDSFLOW_MAIL_FROM", cls.mail_from),
            is_demo=environ.get("OMBUDSFLOW_DEMO", "") == "1",
            is_bench=environ.get("OMBUDSFLOW_BENCH", "") == "1",
            tick_seconds=float(environ.get("OMBUDSFLOW_TICK_SECONDS", "1")),
        )


@dataclass(frozen=True)
class Office:
    """The rooms, wired together. Passed as first argument to every function that moves a case."""

    database: Database
    engine: Engine
    clock: Clock
    settings: Settings
    log: Log
    register: Register
    documents: DocumentStore
    codelists: Mapping[str, CodeList]
    deadline_rules: Rules

    @property
    def letters_dir(self) -> Path:
        return WORKFLOWS / "letters"
