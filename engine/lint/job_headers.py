"""The headers by which a diagram says how a job is done: how long it may take, when it is tried again, which webhook it
calls, which letter it sends.
"""

from collections.abc import Callable, Iterator
from typing import Any

from engine.findings import ERROR, Finding
from engine.lint.diagram import Diagram, Node
from engine.lint.place import place
from engine.patience import BACKOFF, LIMIT, BadPatience, limit, pauses

RULE = "job_headers"
WEBHOOK, LETTER = "webhook", "template"
READERS: dict[str, Callable[[str], Any]] = {BACKOFF: pauses, LIMIT: limit}


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per header that cannot be read, or that names a webhook nobody configured or a letter nobody wrote."""
    for node in diagram.nodes:
        found = diagram.extensions(node)
        if found.job_type is None:
            continue
        for name, read in READERS.items():
            if found.headers.get(name, "").strip():
                yield from _unread(node, read, found.headers[name])
        if WEBHOOK in found.headers:
            yield from _webhook(diagram, node, found.headers[WEBHOOK])
        if LETTER in found.headers and found.job_type not in diagram.known.external:
            yield from _letter(diagram, node, found.headers[LETTER])


def _unread(node: Node, read: Callable[[str], Any], text: str) -> Iterator[Finding]:
    try:
        read(text)
    except BadPatience as problem:
        yield Finding(place(node), RULE, ERROR, str(problem))


def _webhook(diagram: Diagram, node: Node, name: str) -> Iterator[Finding]:
    known = diagram.known.webhooks
    if known is not None and name not in known:
        choice = f"Kies uit: {', '.join(sorted(known))}." if known else "Vraag de beheerder om het in te stellen."
        yield Finding(place(node), RULE, ERROR, f"Het webhookadres '{name[:80]}' is niet ingesteld. {choice}")


def _letter(diagram: Diagram, node: Node, name: str) -> Iterator[Finding]:
    known = diagram.known.letters
    if known is not None and name not in known:
        sentence = f"De brief '{name[:80]}' bestaat niet. Kies een brief uit de studio, of schrijf ze daar eerst."
        yield Finding(place(node), RULE, ERROR, sentence)
