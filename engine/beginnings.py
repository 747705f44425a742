"""An instance that starts at what its start waited for: a message, a signal, a moment, a condition (BPMN 2.0.2, 13.2)."""

from collections.abc import Mapping
from typing import Any

from engine.elements.activities import ReceiveTask
from engine.elements.base import FIRED, RESULT
from engine.elements.gateways import CHOSEN, EventGateway
from engine.run import Run
from engine.values import dump


def begin_at(run: Run, element_id: str, variables: Mapping[str, Any]) -> None:
    """Place the first token. Behind an instantiating gateway the other events wait on, or are over, as the gateway says."""
    workflow, result = run.workflow, dump(dict(variables))
    gateway = _gateway_of(workflow.spec, element_id)
    if gateway is None:
        run.place(workflow, workflow.spec.by_id(element_id), notes={FIRED: True, RESULT: result})
    elif not gateway.is_parallel:
        run.place(workflow, gateway, notes={CHOSEN: element_id, RESULT: result})
    else:
        for event in gateway.events():
            happened = {FIRED: True, RESULT: result} if event.name == element_id else {}
            run.place(workflow, event, notes=happened)


def _gateway_of(spec: Any, element_id: str) -> EventGateway | None:
    """The instantiating gateway before an event."""
    if isinstance(spec.elements[element_id], ReceiveTask) and not spec.elements[element_id].incoming:
        return None
    return next(
        (
            g
            for g in spec.elements.values()
            if isinstance(g, EventGateway) and any(e.name == element_id for e in g.events())
        ),
        None,
    )
