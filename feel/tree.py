"""Questions about a syntax tree, without recursion: a hostile text makes deep trees."""

from typing import Any

from feel.parser import Node

# Evaluating a node takes two or three Python calls, and Python allows a thousand.
DEEPEST_TREE = 200


def names_in(node: Any) -> frozenset[str]:
    """Every name a tree mentions."""
    found, todo = set(), [node]
    while todo:
        here = todo.pop()
        if isinstance(here, tuple):
            if len(here) == 3 and here[0] == "name":
                found.add(here[1])
            todo += here
    return frozenset(found)


def depth_of(node: Node) -> int:
    """How many nodes deep a tree is; evaluating takes two or three Python calls for each."""
    deepest, todo = 0, [(node, 1)]
    while todo:
        here, depth = todo.pop()
        deepest = max(deepest, depth)
        todo += [(part, depth + 1) for part in here if isinstance(part, tuple)]
    return deepest
