"""When an inclusive join may go on: no token may still come to an empty way into it, or only one that may as well come to a filled one (BPMN 2.0.2, 13.4.3)."""

from collections.abc import Iterable

from tests.properties.odd_drawing import LINKED, Drawn


def something_comes(drawn: Drawn, places: Iterable[str], join: str, here: set[str | None]) -> bool:
    """`places` are where the tokens of the scope stand, `here` the ways into the join that are filled."""
    ways = [flow.id for flow in drawn.into(join)]
    filled, empty = ([way for way in ways if (way in here) is is_filled] for is_filled in (True, False))
    for place in places:
        fills = any(place in leading_to(drawn, way, join, edges=True) for way in empty)
        if place != join and fills and not any(place in leading_to(drawn, way, join, edges=False) for way in filled):
            return True
    return False


def leading_to(drawn: Drawn, way: str, join: str, *, edges: bool) -> set[str]:
    """From where a token can come along this flow without passing the join: by what may happen on the edge of an activity too, or surely."""
    found: set[str] = set()
    todo = [flow.source for flow in drawn.flows if flow.id == way]
    while todo:
        name = todo.pop()
        if name in found or name == join:
            continue
        found.add(name)
        todo += [flow.source for flow in drawn.into(name)]
        todo += [each.id for each in drawn.nodes.values() if edges and any(edge.id == name for edge in each.edges)]
        node = drawn.nodes.get(name)
        todo += [str(node.event.code)] if node is not None and node.kind == LINKED else []
    return found
