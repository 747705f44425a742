"""Diagrams in a few words: each function gives a piece of BPMN, `process` puts the pieces together.

`go("s a b")` draws the sequence flows s>a and a>b; each has the id `f_s_a`. What an event refers to (messages, signals, errors,
escalations) is declared by itself. A message's correlation key is the variable `key`, unless `keys` says otherwise.
"""

import re
from itertools import pairwise

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:conformance" id="definitions"'
)
_REFERENCE = re.compile(r'(message|signal|error|escalation)Ref="\1_([^"]*)"')


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def el(tag: str, element_id: str, *inner: str, **attributes: str | bool | None) -> str:
    """Any element. Extensions are gathered in front, mappings in one ioMapping."""
    said = "".join(f' {name}="{_text(value)}"' for name, value in attributes.items() if value is not None)
    mappings = [part for part in inner if part.startswith(("<zeebe:input", "<zeebe:output"))]
    extensions = [part for part in inner if part.startswith("<zeebe:") and part not in mappings]
    extensions += [f"<zeebe:ioMapping>{''.join(mappings)}</zeebe:ioMapping>"] if mappings else []
    rest = sorted(
        (part for part in inner if not part.startswith("<zeebe:")), key=lambda p: "Characteristics" not in p[:40]
    )
    wrapped = f"<extensionElements>{''.join(extensions)}</extensionElements>" if extensions else ""
    return f'<{tag} id="{element_id}" name="{element_id}"{said}>{wrapped}{"".join(rest)}</{tag}>'


def _text(value: str | bool) -> str:
    return escaped(value) if isinstance(value, str) else str(value).lower()


# -- flows ---------------------------------------------------------------------------------------------------------------


def go(*chains: str) -> str:
    """Sequence flows along each chain of element ids."""
    return "".join(flow(source, target) for chain in chains for source, target in pairwise(chain.split()))


def flow(source: str, target: str, condition: str | None = None) -> str:
    inner = (
        ""
        if condition is None
        else f'<conditionExpression xsi:type="tFormalExpression">={escaped(condition)}</conditionExpression>'
    )
    return f'<sequenceFlow id="f_{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def when(source: str, target: str, condition: str) -> str:
    """A conditional flow; the condition is FEEL."""
    return flow(source, target, condition)


# -- events --------------------------------------------------------------------------------------------------------------


def start(element_id: str = "s", *inner: str, interrupting: bool | None = None, parallel: bool | None = None) -> str:
    return el("startEvent", element_id, *inner, isInterrupting=interrupting, parallelMultiple=parallel)


def end(element_id: str = "e", *inner: str) -> str:
    return el("endEvent", element_id, *inner)


def ends(names: str) -> str:
    return "".join(end(name) for name in names.split())


def catch(element_id: str, *inner: str, parallel: bool | None = None) -> str:
    return el("intermediateCatchEvent", element_id, *inner, parallelMultiple=parallel)


def throw(element_id: str, *inner: str) -> str:
    return el("intermediateThrowEvent", element_id, *inner)


def boundary(
    element_id: str, host: str, *inner: str, interrupting: bool | None = None, parallel: bool | None = None
) -> str:
    return el(
        "boundaryEvent", element_id, *inner, attachedToRef=host, cancelActivity=interrupting, parallelMultiple=parallel
    )


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="message_{name}"/>'


def signal(name: str) -> str:
    return f'<signalEventDefinition signalRef="signal_{name}"/>'


def error(code: str | None = None) -> str:
    return "<errorEventDefinition/>" if code is None else f'<errorEventDefinition errorRef="error_{code}"/>'


def escalation(code: str | None = None) -> str:
    return (
        "<escalationEventDefinition/>"
        if code is None
        else f'<escalationEventDefinition escalationRef="escalation_{code}"/>'
    )


def timer(duration: str | None = None, *, date: str | None = None, cycle: str | None = None) -> str:
    kind, value = next((k, v) for k, v in (("Duration", duration), ("Date", date), ("Cycle", cycle)) if v is not None)
    return f"<timerEventDefinition><time{kind}>{escaped(value)}</time{kind}></timerEventDefinition>"


def condition(expression: str) -> str:
    return f"<conditionalEventDefinition><condition>={escaped(expression)}</condition></conditionalEventDefinition>"


def link(name: str) -> str:
    return f'<linkEventDefinition name="{name}"/>'


def compensate(activity: str | None = None) -> str:
    return (
        "<compensateEventDefinition/>" if activity is None else f'<compensateEventDefinition activityRef="{activity}"/>'
    )


CANCEL = "<cancelEventDefinition/>"
TERMINATE = "<terminateEventDefinition/>"


# -- activities ----------------------------------------------------------------------------------------------------------


def user(element_id: str, *inner: str, **attributes: str | bool | None) -> str:
    """A task of a person: the case waits there."""
    return el("userTask", element_id, '<zeebe:formDefinition formId="form"/>', _ASSIGNED, *inner, **attributes)


_ASSIGNED = '<zeebe:assignmentDefinition candidateGroups="case_handler"/>'


def users(names: str) -> str:
    return "".join(user(name) for name in names.split())


def does(element_id: str, *inner: str, **attributes: str | bool | None) -> str:
    """A step that runs by itself and leaves `did_<id>`."""
    return script(element_id, "true", f"did_{element_id}", *inner, **attributes)


def doing(names: str) -> str:
    return "".join(does(name) for name in names.split())


def script(element_id: str, expression: str, variable: str, *inner: str, **attributes: str | bool | None) -> str:
    said = f'<zeebe:script expression="={escaped(expression)}" resultVariable="{variable}"/>'
    return el("scriptTask", element_id, said, *inner, **attributes)


def service(
    element_id: str, job_type: str, *inner: str, retries: str | None = None, **attributes: str | bool | None
) -> str:
    tried = f' retries="{retries}"' if retries else ""
    return el("serviceTask", element_id, f'<zeebe:taskDefinition type="{job_type}"{tried}/>', *inner, **attributes)


def sub(element_id: str, *inner: str, **attributes: str | bool | None) -> str:
    return el("subProcess", element_id, *inner, **attributes)


def event_sub(element_id: str, *inner: str) -> str:
    return el("subProcess", element_id, *inner, triggeredByEvent=True)


def call(element_id: str, process_id: str, *inner: str, more: str = "", **attributes: str | bool | None) -> str:
    return el(
        "callActivity", element_id, f'<zeebe:calledElement processId="{process_id}" {more}/>', *inner, **attributes
    )


def given(source: str, target: str) -> str:
    """An input mapping."""
    return f'<zeebe:input source="{escaped(source)}" target="{target}"/>'


def gives(source: str, target: str) -> str:
    """An output mapping."""
    return f'<zeebe:output source="{escaped(source)}" target="{target}"/>'


def each(
    items: str,
    item: str | None = "item",
    *,
    results: str | None = None,
    result: str | None = None,
    sequential: bool = False,
    until: str | None = None,
) -> str:
    """Multi-instance over a list (Camunda 8 dialect)."""
    said = [f'inputCollection="={escaped(items)}"']
    said += [f'inputElement="{item}"'] if item else []
    said += [f'outputCollection="{results}"', f'outputElement="={escaped(result or "")}"'] if results else []
    return _multi(
        f"<extensionElements><zeebe:loopCharacteristics {' '.join(said)}/></extensionElements>", sequential, until
    )


def times(count: str, *, sequential: bool = False, until: str | None = None) -> str:
    """Multi-instance by number."""
    return _multi(f"<loopCardinality>={escaped(count)}</loopCardinality>", sequential, until)


def _multi(inner: str, sequential: bool, until: str | None) -> str:
    stop = f"<completionCondition>={escaped(until)}</completionCondition>" if until else ""
    ordered = ' isSequential="true"' if sequential else ""
    return f"<multiInstanceLoopCharacteristics{ordered}>{inner}{stop}</multiInstanceLoopCharacteristics>"


def loop(condition: str | None = None, *, before: bool = False, maximum: int | None = None) -> str:
    """Standard loop: again as long as the condition holds."""
    said = (' testBefore="true"' if before else "") + (f' loopMaximum="{maximum}"' if maximum is not None else "")
    inner = f"<loopCondition>={escaped(condition)}</loopCondition>" if condition else ""
    return f"<standardLoopCharacteristics{said}>{inner}</standardLoopCharacteristics>"


# -- gateways ------------------------------------------------------------------------------------------------------------


def xor(element_id: str, default: str | None = None) -> str:
    """`default` is the element the default flow leads to."""
    return el("exclusiveGateway", element_id, default=default and f"f_{element_id}_{default}")


def parallel(element_id: str) -> str:
    return el("parallelGateway", element_id)


def inclusive(element_id: str, default: str | None = None) -> str:
    return el("inclusiveGateway", element_id, default=default and f"f_{element_id}_{default}")


def by_event(element_id: str, **attributes: str | bool | None) -> str:
    return el("eventBasedGateway", element_id, **attributes)


# -- files ---------------------------------------------------------------------------------------------------------------


def process(
    *parts: str, key: str = "p", keys: dict[str, str] | None = None, root: str = "", executable: bool = True
) -> str:
    """A file with one process."""
    return file(one(*parts, key=key, executable=executable), keys=keys, root=root)


def one(*parts: str, key: str = "p", executable: bool = True) -> str:
    """A process, to be put in a file with others."""
    return el("process", key, *parts, isExecutable=executable)


def file(*processes: str, keys: dict[str, str] | None = None, root: str = "") -> str:
    body = "".join(processes)
    declared = "".join(_declared(kind, name, keys or {}) for kind, name in dict.fromkeys(_REFERENCE.findall(body)))
    return f"<definitions {NAMESPACES}>{declared}{root}{body}</definitions>"


def _declared(kind: str, name: str, keys: dict[str, str]) -> str:
    if kind == "message":
        key = escaped(keys.get(name, "=key"))
        said = f'<extensionElements><zeebe:subscription correlationKey="{key}"/></extensionElements>'
        return f'<message id="message_{name}" name="{name}">{said}</message>'
    code = f' {kind}Code="{name}"' if kind != "signal" else ""
    return f'<{kind} id="{kind}_{name}" name="{name}"{code}/>'
