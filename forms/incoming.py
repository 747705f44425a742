"""What a browser posted, as raw answers by field: dynamic lists come as `list-row-field`, checklists several times."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from forms.schema import Form


def raw_answers(form: Form, posted: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The posted pairs that belong to the form's fields; the rest (buttons, tokens) is left out."""
    pairs = list(posted)
    found: dict[str, Any] = {}
    for each in form.inputs():
        if each.type == "dynamiclist":
            found[each.key] = _rows(each.key, {inner.key: inner.type for inner in each.components}, pairs)
        elif each.type == "checklist":
            found[each.key] = [value for name, value in pairs if name == each.key]
        else:
            values = [value for name, value in pairs if name == each.key]
            if values:
                found[each.key] = values[-1]
    return found


def _rows(key: str, types: Mapping[str, str], pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for name, value in pairs:
        match = re.fullmatch(rf"{re.escape(key)}-(\d{{1,2}})-(\w+)", name)
        if match is None or match[2] not in {*types, "row"}:
            continue
        row = rows.setdefault(int(match[1]), {})
        if types.get(match[2]) == "checklist":
            row.setdefault(match[2], []).append(value)
        elif match[2] != "row":
            row[match[2]] = value
    return [rows[number] for number in sorted(rows)]


# The buttons of a list of rows; whoever presses one is not done with the form.
ROW_BUTTONS = frozenset({"_add", "_remove"})


def with_row_buttons(form: Form, raw: dict[str, Any], posted: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """The answers after a press on 'add a row' or 'remove this row'; None when no such button was pressed."""
    for name, value in posted:
        if name == "_add" and any(each.key == value for each in form.inputs()):
            return {**raw, value: [*raw.get(value, []), {}]}
        match = re.fullmatch(r"(\w+)-(\d{1,2})", value) if name == "_remove" else None
        if match and isinstance(raw.get(match[1]), list):
            return {**raw, match[1]: [row for at, row in enumerate(raw[match[1]]) if at != int(match[2])]}
    return None
