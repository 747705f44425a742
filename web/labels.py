"""What the fields of a page are called, read from its template: for a page that shows again what somebody typed.

In: names of templates, as the forms on a page carry them (`PAGE`). Out: each field with its Dutch label, to be told in the reader's
language. A name that is no template of ours gives nothing; nothing is decided by it. Asks nothing of the database.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, TemplateNotFound, meta

PAGE = "_page"
TEMPLATES = Path(__file__).parent / "templates"
TYPED = frozenset({"text", "textarea", "search", "date", "email", "number"})
# A label and the field after it; or both at once, where a macro of ours makes them.
_PART = re.compile(
    r"<label\b[^>]*>(?:\s*\{%\s*trans\s*%\}(?P<label>.*?)\{%\s*endtrans\s*%\})?"
    r"|<(?P<element>input|textarea|select)\b(?P<rest>[^>]*)>"
    r"|\bfield\(\"(?P<made>\w+)\",\s*_\(\"(?P<called>[^\"]+)\"\)",
    re.DOTALL,
)
_NAME, _TYPE = re.compile(r'(?<![\w-])name="([^"]+)"'), re.compile(r'(?<![\w-])type="(\w+)"')
_PLACE = re.compile(r"\{\{.*?\}\}")
_LOADER = FileSystemLoader(TEMPLATES)
_READER = Environment(loader=_LOADER, autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])


@dataclass(frozen=True)
class PageField:
    """A field as its template has it. `name` is a pattern where part of it is filled in; `label` is empty where that is a value."""

    name: re.Pattern[str]
    label: str
    kind: str

    @property
    def is_typed(self) -> bool:
        """True for words a person typed; else it was ticked, chosen, or put there by the page."""
        return self.kind in TYPED


def fields_of(pages: Iterable[str]) -> list[PageField]:
    """The fields of these pages, in the order in which they stand there."""
    return [field for page in dict.fromkeys(pages) for field in _fields(page)]


@lru_cache(maxsize=256)
def _fields(page: str) -> tuple[PageField, ...]:
    """Those of a template and of what it takes in."""
    found, names = list[PageField](), [page]
    for name in names:
        try:
            source = _LOADER.get_source(_READER, name)[0]
        except TemplateNotFound:
            return ()
        found += _read(source)
        parts = meta.find_referenced_templates(_READER.parse(source))
        names += sorted({each for each in parts if each}.difference(names))
    return tuple(found)


def _read(source: str) -> Iterator[PageField]:
    label = ""
    for part in _PART.finditer(source):
        if part["made"]:
            yield PageField(re.compile(re.escape(part["made"])), part["called"], "text")
        elif part["element"] is None:
            label = " ".join((part["label"] or "").split())
        elif (name := _NAME.search(part["rest"])) and _PLACE.sub("", name[1]):
            pattern = ".+".join(re.escape(piece) for piece in _PLACE.split(name[1]))
            yield PageField(re.compile(pattern), label, _kind(part["element"], part["rest"]))


def _kind(element: str, rest: str) -> str:
    kind = _TYPE.search(rest)
    return element if element != "input" else kind[1] if kind else "text"
