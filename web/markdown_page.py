"""Our own documentation pages as HTML: headings, paragraphs, lists, code and strong text, which is all they use."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_STRONG = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")


def html(text: str) -> Markup:
    """The page without its title. Everything is escaped first, so a page can hold no markup of its own."""
    return Markup("\n").join(_block(block) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def _block(block: str) -> Markup:
    lines = block.strip().splitlines()
    if lines[0].startswith("```"):
        return Markup('<pre class="source" tabindex="0">{}</pre>').format("\n".join(lines[1:-1]))
    if lines[0].startswith("#"):
        return Markup("<h2>{}</h2>").format(_inline(block.lstrip("# ")))
    first = next((number for number, line in enumerate(lines) if line.startswith("- ")), None)
    if first is None:
        return Markup("<p>{}</p>").format(_inline(" ".join(lines)))
    before = Markup("<p>{}</p>").format(_inline(" ".join(lines[:first]))) if first else Markup("")
    items = Markup("").join(Markup("<li>{}</li>").format(_inline(item)) for item in _items(lines[first:]))
    return before + Markup("<ul>{}</ul>").format(items)


def _items(lines: list[str]) -> Iterator[str]:
    """One item per dash; what follows indented belongs to it."""
    item = ""
    for line in lines:
        if line.startswith("- ") and item:
            yield item
            item = ""
        item = f"{item} {line.removeprefix('- ').strip()}".strip()
    yield item


def _inline(text: str) -> Markup:
    shown = _CODE.sub(r"<code>\1</code>", str(escape(text)))
    return Markup(_STRONG.sub(r"<strong>\1</strong>", shown))  # noqa: S704  # escaped the line above
