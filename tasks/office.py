"""The office: what every command needs at hand, assembled once in service.py.

Settings are read from the environment once and never change. Nothing here holds state that matters:
two processes with the same settings are the same office.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cases.bodies import Body
from cases.codelists import CodeList
from cases.deadlines import Rules
from cases.documents import DocumentStore
from cases.register import Register
from engine.instances import Engine
from engine.queue import JobQueue
from history.log import Log
from history.sealed_box import is_box_key
from problems import Invalid
from storage.unit_of_work import Database
from tasks import houses
from tasks.background.clock_source import Clock
from tasks.background.precedence import Precedence
from tasks.houses import House
from tasks.reporting.licences import LICENCES

# What may stand in a diagram as the type of a job, and in an address.
JOB_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9._:-]{0,99}")
WORKFLOWS = houses.WORKFLOWS


class SettingRefused(Invalid):
    """Een instelling in de omgeving klopt niet. In docs/operating.md staat wat er mag staan."""


EMBEDDED, PROCRASTINATE = "embedded", "procrastinate"  # the queues an installation can choose
COUNTS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own variable; service.serve sets it
LEVELS = ("info", "debug", "warning", "error")
GIGABYTE = 1024 * 1024 * 1024
QUIET = ("warning", "error")  # a line for each request would tell how many reports there are
# What would tell others that there are reports, or write to a reporter.
TELLTALES = (
    "OMBUDSFLOW_SMTP_HOST",
    "OMBUDSFLOW_METRICS_TOKEN",
    "OMBUDSFLOW_WORKER_METRICS",
    "OMBUDSFLOW_WEBHOOKS",
    "OMBUDSFLOW_EXTERNAL_JOB_TYPES",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
)


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations. Times are seconds, sizes bytes."""

    house: House = houses.OFFICE
    database_url: str = "sqlite:///var/ombudsflow.db"
    data_dir: Path = Path("var")
    base_url: str = "http://127.0.0.1:8000"
    reports_url: str = ""  # where the reports house is, for who wants to report a breach here
    reports_key: str = ""  # what is shut for that house (`ombudsflow box-key` tells it there)
    office_name: str = "Ombudsdienst"
    office_address: str = ""  # lines of the letterhead, with | between
    office_contact: str = ""
    licence: str = "cc0"  # of what is made public (tasks.reporting.licences)
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_security: str = "none"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    mail_from: str = "ombudsdienst@example.org"
    has_pdf_in_mail: bool = False
    is_demo: bool = False
    is_bench: bool = False
    upload_limit: int = 25 * 1024 * 1024
    drafts_an_hour: int = 2000  # complaints that strangers write at, all together
    draft_bytes: int = 20 * GIGABYTE  # of the files of complaints that were not sent yet
    tick_seconds: float = 1.0
    external_job_types: frozenset[str] = frozenset()
    webhooks: Mapping[str, str] = field(default_factory=dict)  # addresses outside, by name
    webhook_secret: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    queue: str = EMBEDDED
    log_level: str = "info"
    log_format: str = "auto"  # JSON lines, unless a person reads them at a terminal
    counts_address: str = ""  # where a worker, which has no pages, shows its numbers: 127.0.0.1:9101
    tracing_endpoint: str = field(default="", repr=False)
    is_one_of_many: bool = False  # several processes serve; their counts come together in a folder

    @property
    def contact_lines(self) -> list[str]:
        """How people reach the office without this program: the lines of its letterhead."""
        return [*lines_of(self.office_address), *lines_of(self.office_contact)]

    @property
    def master_key_file(self) -> Path:
        """The 32 bytes that wrap each case's own key; kept beside, never inside, the database."""
        return self.data_dir / "master.key"

    @property
    def keys_dir(self) -> Path:
        """The keys of a sealed house, one per case; beside, never inside, the database, and copied apart from it."""
        return self.data_dir / "keys"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read OMBUDSFLOW_* variables; docs/operating.md explains each. Raises SettingRefused, naming the variable."""
        house = houses.HOUSES[_one_of(environ, "OMBUDSFLOW_HOUSE", tuple(houses.HOUSES))]
        data_dir = Path(environ.get("OMBUDSFLOW_DATA_DIR", "var/reports" if house.is_sealed else "var"))
        if house.is_sealed:
            _require_silence(environ)
        return cls(
            house=house,
            database_url=environ.get("OMBUDSFLOW_DATABASE_URL", f"sqlite:///{data_dir}/ombudsflow.db"),
            data_dir=data_dir,
            base_url=environ.get("OMBUDSFLOW_BASE_URL", cls.base_url).rstrip("/"),
            reports_url=environ.get("OMBUDSFLOW_REPORTS_URL", "").rstrip("/"),
            reports_key=_box_key(environ, "OMBUDSFLOW_REPORTS_KEY"),
            office_name=environ.get("OMBUDSFLOW_OFFICE_NAME", "Meldpunt" if house.is_sealed else cls.office_name),
            office_address=environ.get("OMBUDSFLOW_OFFICE_ADDRESS", ""),
            office_contact=environ.get("OMBUDSFLOW_OFFICE_CONTACT", ""),
            licence=_one_of(environ, "OMBUDSFLOW_LICENCE", tuple(LICENCES)),
            smtp_host=environ.get("OMBUDSFLOW_SMTP_HOST", ""),
            smtp_port=int(_number(environ, "OMBUDSFLOW_SMTP_PORT", "25")),
            smtp_security=_one_of(environ, "OMBUDSFLOW_SMTP_SECURITY", ("none", "starttls", "tls")),
            smtp_user=environ.get("OMBUDSFLOW_SMTP_USER", ""),
            smtp_password=environ.get("OMBUDSFLOW_SMTP_PASSWORD", ""),
            mail_from=environ.get("OMBUDSFLOW_MAIL_FROM", cls.mail_from),
            has_pdf_in_mail=environ.get("OMBUDSFLOW_MAIL_PDF", "") == "1",
            is_demo=environ.get("OMBUDSFLOW_DEMO", "") == "1",
            is_bench=environ.get("OMBUDSFLOW_BENCH", "") == "1",
            tick_seconds=_number(environ, "OMBUDSFLOW_TICK_SECONDS", "1"),
            drafts_an_hour=int(_number(environ, "OMBUDSFLOW_DRAFTS_PER_HOUR", "2000")),
            draft_bytes=int(_number(environ, "OMBUDSFLOW_DRAFT_GIGABYTES", "20") * GIGABYTE),
            external_job_types=_names(environ, "OMBUDSFLOW_EXTERNAL_JOB_TYPES"),
            webhooks=_webhooks(environ, "OMBUDSFLOW_WEBHOOKS"),
            webhook_secret=environ.get("OMBUDSFLOW_WEBHOOK_SECRET", ""),
            metrics_token=environ.get("OMBUDSFLOW_METRICS_TOKEN", ""),
            queue=_one_of(environ, "OMBUDSFLOW_QUEUE", (EMBEDDED, PROCRASTINATE)),
            log_level=_one_of(environ, "OMBUDSFLOW_LOG_LEVEL", QUIET if house.is_sealed else LEVELS),
            log_format=_one_of(environ, "OMBUDSFLOW_LOG_FORMAT", ("auto", "json", "text")),
            counts_address=_address(environ, "OMBUDSFLOW_WORKER_METRICS"),
            tracing_endpoint=environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            is_one_of_many=bool(environ.get(COUNTS_FOLDER)),
        )


def lines_of(setting: str) -> list[str]:
    """A setting of several lines: `Leuvenseweg 86 | 1000 Brussel`."""
    return [part.strip() for part in setting.split("|") if part.strip()]


def _box_key(environ: Mapping[str, str], name: str) -> str:
    """The public key of the reports house; empty when nothing was set."""
    given = environ.get(name, "").strip()
    if given and not is_box_key(given):
        raise SettingRefused(variable=name, given=given, expected="what `ombudsflow box-key` says in the reports house")
    return given


def _require_silence(environ: Mapping[str, str]) -> None:
    """A sealed house sends no mail and shows no numbers: a setting that asks for it is refused, never left aside unsaid."""
    for name in TELLTALES:
        if environ.get(name):
            raise SettingRefused(
                variable=name, given="a value", expected="nothing: a sealed house tells nobody anything"
            )


def _number(environ: Mapping[str, str], name: str, otherwise: str) -> float:
    given = environ.get(name, otherwise)
    try:
        number = float(given)
    except ValueError:
        raise SettingRefused(variable=name, given=given, expected="a number") from None
    if not 0 < number < 65536:
        raise SettingRefused(variable=name, given=given, expected="a number between 0 and 65536")
    return number


def _names(environ: Mapping[str, str], name: str) -> frozenset[str]:
    """Names with a comma between them; none when nothing was set."""
    found = frozenset(each.strip() for each in environ.get(name, "").split(",") if each.strip())
    if wrong := sorted(each for each in found if not JOB_TYPE.fullmatch(each)):
        raise SettingRefused(
            variable=name, given=", ".join(wrong), expected="names such as archive.store, with a comma between"
        )
    return found


def _webhooks(environ: Mapping[str, str], name: str) -> dict[str, str]:
    """Addresses by name: `register=https://register.example.org/in`, with a comma between. Only this machine is called unencrypted."""
    found = {}
    for each in filter(None, (part.strip() for part in environ.get(name, "").split(","))):
        key, _, address = each.partition("=")
        parts = urlsplit(address)
        is_safe = parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
        )
        if not JOB_TYPE.fullmatch(key) or key in found or not is_safe or not parts.hostname or parts.username:
            expected = (
                "a name, = and an https address without a login in it, such as register=https://register.example.org/in"
            )
            raise SettingRefused(variable=name, given=each, expected=expected)
        found[key] = address
    return found


def _address(environ: Mapping[str, str], name: str) -> str:
    """An address to listen on, with its port; empty when nothing was set."""
    given = environ.get(name, "")
    host, _, port = given.rpartition(":")
    if given and not (host and port.isdecimal() and 0 < int(port) < 65536):
        raise SettingRefused(variable=name, given=given, expected="an address and a port, such as 127.0.0.1:9101")
    return given


def _one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    """The first one when nothing was set."""
    given = environ.get(name) or allowed[0]
    if given not in allowed:
        raise SettingRefused(variable=name, given=given, expected=", ".join(allowed))
    return given


@dataclass(frozen=True)
class Office:
    """The rooms, wired together. Passed as first argument to every function that moves a case."""

    database: Database
    engine: Engine
    clock: Clock
    settings: Settings
    log: Log
    register: Register
    bodies: Mapping[str, Body]
    documents: DocumentStore
    codelists: Mapping[str, CodeList]
    deadline_rules: Rules
    queue: JobQueue
    precedence: Precedence = field(default_factory=Precedence)  # of this process alone: only who goes first
    # Of a language: what turns a Dutch text that is data (a diagram's words for the complainant) into it.
    words_in: Callable[[str], Callable[[str], str]] = lambda _language: str

    @property
    def letters_dir(self) -> Path:
        return self.house.workflows / "letters"

    @property
    def house(self) -> House:
        return self.settings.house
