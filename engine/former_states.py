"""States of earlier codec versions, brought to today's form.

Version 1 kept a tree of tokens, with a split before each activity that had boundary events; today tokens stand side by side, and
a boundary event names its activity.
"""

from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.elements.base import HOST

SPLIT = ".BoundaryEventSplit"


def upgraded(state: dict[str, Any]) -> dict[str, Any]:
    """A version 1 state as version 2."""
    return {"v": 2, "top": _scope(state["top"]), "scopes": [_scope(scope) for scope in state["scopes"]]}


def _scope(stored: dict[str, Any]) -> dict[str, Any]:
    splits = {token[0]: token[3].removesuffix(SPLIT) for token in stored["tokens"] if token[3].endswith(SPLIT)}
    activities = {token[1]: token[0] for token in stored["tokens"] if splits.get(token[1]) == token[3]}
    tokens = []
    for token_id, parent, _children, name, token_state, noted in stored["tokens"]:
        if token_state & TaskState.FINISHED_MASK or token_id in splits or parent is None:
            continue
        listens = token_state == TaskState.WAITING and parent in activities and splits[parent] != name
        tokens.append([token_id, name, token_state, {**noted, HOST: activities[parent]} if listens else noted])
    kept = {key: value for key, value in stored.items() if key in ("host", "spec", "done", "variables")}
    return {**kept, "tokens": tokens}
