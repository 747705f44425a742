"""Pieces of diagrams the twins are made of."""

from itertools import pairwise

from tests.engine.office import diagram, flows

START, END, ERROR = '<startEvent id="s"/>', '<endEvent id="e"/>', '<error id="er" errorCode="E1"/>'
SIGNAL = '<signal id="sig" name="sig"/>'


def chain(*elements: str, root: str = "") -> bytes:
    """Start, the elements one after another, end."""
    ids = [text.split('id="')[1].split('"')[0] for text in elements]
    path = ["s", *ids, "e"]
    links = ";".join(f"{a}>{b}" for a, b in pairwise(path))
    return diagram(START + "".join(elements) + END + flows(links), root=root)


def catch(element_id: str, definition: str) -> str:
    return f'<intermediateCatchEvent id="{element_id}">{definition}</intermediateCatchEvent>'


def boundary(element_id: str, host: str, definition: str, more: str = "") -> str:
    return f'<boundaryEvent id="{element_id}" attachedToRef="{host}" {more}>{definition}</boundaryEvent>'


def on_message(name: str) -> str:
    return f'<messageEventDefinition messageRef="message_{name}"/>'


def after(text: str) -> str:
    return f"<timerEventDefinition><timeDuration>{text}</timeDuration></timerEventDefinition>"


def at(text: str) -> str:
    return f"<timerEventDefinition><timeDate>{text}</timeDate></timerEventDefinition>"


def inside(element_id: str, body: str, more: str = "") -> str:
    return f'<subProcess id="{element_id}" name="{element_id}" {more}>{body}</subProcess>'
