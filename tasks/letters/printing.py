"""PDF, made when somebody asks for it and kept nowhere: the same letter gives the same bytes.

In: plain values. Out: a tagged PDF (PDF/UA-1). Typst sets it in a few milliseconds, in this process and outside any transaction. Data
reaches the template as JSON in `sys_inputs`, never as source, so nothing anybody wrote is ever read as markup, a file or a package.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from storage import watching
from tasks.office import WORKFLOWS

TEMPLATES = WORKFLOWS / "print"
_log = watching.logger("ombudsflow.printing")


def pdf(template: str, data: Mapping[str, object], at: datetime) -> bytes:
    """The PDF of a template of `workflows/print`, filled with `data` under the template's own name; `at` is its date of making.

    A text in a script that no font of ours has is printed all the same, but cannot promise PDF/UA: what is not there cannot be read out.
    """
    import typst  # noqa: PLC0415  # forty megabytes that only a process that prints needs

    given: dict[str, Any] = {
        "input": _source(template),
        "format": "pdf",
        "font_paths": _fonts(),
        "sys_inputs": {template: json.dumps(data, ensure_ascii=False)},
        "timestamp": at.astimezone(UTC).replace(microsecond=0),
    }
    try:
        made = typst.compile(**given, pdf_standards=["ua-1"])
    except typst.TypstError as refused:
        _log.warning("a text could not be printed as PDF/UA", problem=type(refused).__name__)
        made = typst.compile(**given)
    assert isinstance(made, bytes)  # noqa: S101  # one PDF, whatever its pages
    return made


@cache
def _source(template: str) -> bytes:
    return (TEMPLATES / f"{template}.typ").read_bytes()


@cache
def _fonts() -> Any:
    """The fonts that come with the library and no others: the same letter looks the same on every machine."""
    import typst  # noqa: PLC0415

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
