"""Our own documentation pages as HTML: headings, paragraphs, lists, code, strong text and links within the site."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_STRONG = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\[([^\]]+)\]\((/[^)\s]*)\)")


def html(text: str, level: int = 2) -> Markup:
    """The page without its title, its headings at this level. Everything is escaped first: a page can hold no markup of its own."""
    return Markup("\n").join(_block(block, level) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def _block(block: str, level: int) -> Markup:
    lines = block.strip().splitlines()
    if lines[0].startswith("```"):
        return Markup('<pre class="source" tabindex="0">{}</pre>').format("\n".join(lines[1:-1]))
    if lines[0].startswith("#"):
        heading = Markup("<h{0}>{1}</h{0}>").format(level, _inline(lines[0].lstrip("# ")))
        return heading + _block("\n".join(lines[1:]), level) if lines[1:] else heading
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
    shown = _LINK.sub(r'<a href="\2">\1</a>', shown)
    return Markup(_STRONG.sub(r"<strong>\1</strong>", shown))  # noqa: S704  # escaped above
