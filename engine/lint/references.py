"""What a diagram asks for must exist: forms, roles, job types, decisions, processes, messages, errors, signals, escalations."""

from collections.abc import Callable, Iterator

from engine.findings import ERROR, WARNING, Finding
from engine.lint.diagram import Diagram, Node
from engine.lint.place import place
from engine.parsing import dialect
from engine.parsing.dialect import Extensions
from engine.parsing.xml import bpmn, local, zeebe
from engine.support import GLOBAL_TASKS
from engine.support_events import START, definitions_of, position_of

RULE = "references"
Check = Callable[[Diagram, Node, Extensions], Iterator[Finding]]


def check(diagram: Diagram) -> Iterator[Finding]:
    """Findings on everything an element names."""
    for node in (*diagram.nodes, *(e for e in diagram.root if local(e) in GLOBAL_TASKS)):
        reader = _READERS.get(local(node))
        if reader is not None:
            yield from reader(diagram, node, diagram.extensions(node))
        for definition in definitions_of(node):
            named = _NAMED.get(local(definition))
            if named is not None:
                yield from named(diagram, node, definition)


def _user_task(diagram: Diagram, node: Node, found: Extensions) -> Iterator[Finding]:
    """A form, roles and persons. That there are none is for other rules to say (task_form, task_role)."""
    known, groups = diagram.known, found.candidate_groups
    if found.form_key and found.form_key not in known.forms:
        yield _error(node, f"Het formulier '{found.form_key}' bestaat niet. Maak het eerst, of kies een ander.")
    if _attribute(node, "formDefinition", "bindingType") not in (None, "latest"):
        sentence = "De versie van een formulier ligt niet vast: een taak neemt het formulier dat dan in gebruik is. Kies 'latest'."
        yield Finding(place(node), RULE, WARNING if known.is_foreign else ERROR, sentence)
    if groups and not known.is_foreign:
        if dialect.is_expression(groups):
            yield _error(node, "De rol van een taak kan niet berekend worden. Kies een vaste rol.")
        elif "," in groups:
            yield _error(node, "Een taak heeft één rol. Kies er één, of maak er een rol voor.")
        elif groups not in known.roles:
            yield _error(node, f"De rol '{groups}' bestaat niet. Kies uit: {', '.join(sorted(known.roles))}.")
    if found.assignee or _attribute(node, "assignmentDefinition", "candidateUsers"):
        severity = WARNING if known.is_foreign else ERROR
        sentence = "Een vaste persoon bij een taak wordt niet ondersteund. Gebruik een rol."
        yield Finding(place(node), RULE, severity, sentence)


def _job(diagram: Diagram, node: Node, found: Extensions) -> Iterator[Finding]:
    if found.job_type is None:
        return
    if dialect.is_expression(found.job_type) or not found.job_type:
        yield _error(node, "Het taaktype kan niet leeg zijn en niet berekend worden. Kies een vast taaktype.")
    elif found.job_type not in diagram.known.job_types:
        known = ", ".join(sorted(diagram.known.job_types))
        yield _error(node, f"Het taaktype '{found.job_type}' bestaat niet. Kies uit: {known}.")
    elif found.job_type in diagram.known.external and not found.inputs:
        sentence = (
            "Een werker buiten krijgt alleen de invoer van deze taak, en die is er niet. Wijs toe wat hij moet weten."
        )
        yield Finding(place(node), RULE, WARNING, sentence)


def _service_task(diagram: Diagram, node: Node, found: Extensions) -> Iterator[Finding]:
    if not found.job_type:
        yield _error(node, "Deze systeemtaak heeft geen taaktype.")
    yield from _job(diagram, node, found)


def _send_task(diagram: Diagram, node: Node, found: Extensions) -> Iterator[Finding]:
    yield from _job(diagram, node, found)
    if found.job_type is None:
        yield from _message_name(
            diagram, node, node.get("messageRef"), "Kies welk bericht deze taak stuurt, of een taaktype."
        )


def _receive_task(diagram: Diagram, node: Node, _found: Extensions) -> Iterator[Finding]:
    yield from _awaited(diagram, node, node.get("messageRef"))


def _script_task(diagram: Diagram, node: Node, found: Extensions) -> Iterator[Finding]:
    yield from _job(diagram, node, found)
    if found.job_type is None and (not found.script or not found.result_variable):
        yield _error(
            node,
            "Dit script heeft een FEEL-uitdrukking en een resultaatvariabele nodig. Andere talen worden niet uitgevoerd.",
        )


def _decision(diagram: Diagram, node: Node, found: Extensions) -> Iterator[Finding]:
    yield from _job(diagram, node, found)
    if found.job_type is not None:
        return
    if not found.decision or not found.result_variable:
        yield _error(node, "Kies de beslissing en de variabele voor haar antwoord.")
    elif dialect.is_expression(found.decision) or found.decision not in diagram.known.decisions:
        yield _error(node, f"De beslissing '{found.decision}' bestaat niet.")
    yield from _tagged(node, "calledDecision")


def _called(diagram: Diagram, node: Node, found: Extensions) -> Iterator[Finding]:
    called = dialect.called_by(node)
    process = next(node.iterancestors(bpmn("process")), None)
    if not called:
        yield _error(node, "Kies welk diagram hier uitgevoerd wordt.")
    elif dialect.is_expression(called):
        yield _error(node, "Welk diagram hier uitgevoerd wordt, kan niet berekend worden. Kies een vast diagram.")
    elif process is not None and process.get("id") == called:
        yield _error(node, "Een diagram kan zichzelf niet oproepen.")
    elif process is not None and str(process.get("id")) in diagram.called_from(called):
        yield _error(node, f"'{called}' roept, langs andere, dit diagram weer op. Zo'n kring eindigt nooit.")
    elif not _is_in_file(diagram, called) and called not in diagram.known.processes:
        yield _error(node, f"Het diagram '{called}' bestaat niet.")
    yield from _tagged(node, "calledElement")


def _is_in_file(diagram: Diagram, key: str) -> bool:
    found = diagram.by_id.get(key)
    return found is not None and (found in diagram.processes or local(found) in GLOBAL_TASKS)


def _tagged(node: Node, extension: str) -> Iterator[Finding]:
    by_tag = _attribute(node, extension, "bindingType") == "versionTag"
    if by_tag and not _attribute(node, extension, "versionTag"):
        yield _error(node, "Geef de naam van de versie (version tag) waar deze stap aan vast hangt.")


def _attribute(node: Node, extension: str, name: str) -> str | None:
    found = node.find(f"{bpmn('extensionElements')}/{zeebe(extension)}")
    return None if found is None else found.get(name)


# -- events -----------------------------------------------------------------------------------------------------------


def _message(diagram: Diagram, node: Node, definition: Node) -> Iterator[Finding]:
    ref = definition.get("messageRef")
    if local(node) in ("intermediateThrowEvent", "endEvent"):
        found = diagram.extensions(node)
        yield from _job(diagram, node, found)
        if found.job_type is None:
            yield from _message_name(diagram, node, ref, "Kies welk bericht hier gestuurd wordt, of een taaktype.")
    elif position_of(node) == START:
        yield from _message_name(diagram, node, ref, "Kies op welk bericht hier gewacht wordt.")
    else:
        yield from _awaited(diagram, node, ref)


def _message_name(diagram: Diagram, node: Node, ref: str | None, missing: str) -> Iterator[Finding]:
    message = diagram.referred("message", ref)
    if message is None or not message.get("name"):
        yield _error(node, missing)
    elif dialect.is_expression(message.get("name")) and _starts(diagram, node):
        yield _error(node, "Bij een start zijn er nog geen variabelen. Kies een vaste naam voor het bericht.")


def _awaited(diagram: Diagram, node: Node, ref: str | None) -> Iterator[Finding]:
    wrong = list(_message_name(diagram, node, ref, "Kies op welk bericht hier gewacht wordt."))
    yield from wrong
    message = diagram.referred("message", ref)
    if message is not None and not wrong and not _attribute(message, "subscription", "correlationKey"):
        sentence = f"Het bericht '{message.get('name')}' heeft geen sleutel. Vul bij 'Hoort bij (sleutel)' =case_id in."
        yield Finding(place(node), RULE, WARNING if diagram.known.is_foreign else ERROR, sentence)


def _signal(diagram: Diagram, node: Node, definition: Node) -> Iterator[Finding]:
    signal = diagram.referred("signal", definition.get("signalRef"))
    if signal is None or not signal.get("name"):
        yield _error(node, "Kies welk signaal dit is, en geef het een naam.")
    elif dialect.is_expression(signal.get("name")) and _starts(diagram, node):
        yield _error(node, "Bij een start zijn er nog geen variabelen. Kies een vaste naam voor het signaal.")


def _starts(diagram: Diagram, node: Node) -> bool:
    """The event, or the gateway before it, starts a process."""
    if local(node) == "startEvent":
        return position_of(node) == START
    scope = diagram.scope_of[node]
    before = [scope.nodes[flow.get("sourceRef") or ""] for flow in scope.into(node)]
    return any(each.get("instantiate") == "true" for each in (node, *before))


def _code(kind: str, words: str) -> Callable[[Diagram, Node, Node], Iterator[Finding]]:
    """Errors and escalations: caught by code or all of them, thrown with one."""

    def check_code(diagram: Diagram, node: Node, definition: Node) -> Iterator[Finding]:
        ref = definition.get(f"{kind}Ref")
        target = diagram.referred(kind, ref)
        if ref and target is None:
            yield _error(node, f"De {words} '{ref}' bestaat niet.")
        code = None if target is None else target.get(f"{kind}Code") or target.get("name")
        if dialect.is_expression(code):
            yield _error(node, f"De code van een {words} kan niet berekend worden. Kies een vaste code.")
        if not code and local(node) in ("endEvent", "intermediateThrowEvent"):
            severity = WARNING if diagram.known.is_foreign else ERROR
            sentence = f"Hier hoort een {words} met een code. Wie ze opvangt, kijkt naar de code."
            yield Finding(place(node), RULE, severity, sentence)

    return check_code


def _compensate(diagram: Diagram, node: Node, definition: Node) -> Iterator[Finding]:
    ref = definition.get("activityRef")
    if ref and diagram.by_id.get(ref.split(":")[-1]) not in diagram.nodes:
        yield _error(node, f"De stap '{ref}', die hersteld moet worden, bestaat niet.")


def _error(element: Node, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)


_READERS: dict[str, Check] = {
    "userTask": _user_task,
    "globalUserTask": _user_task,
    "serviceTask": _service_task,
    "sendTask": _send_task,
    "receiveTask": _receive_task,
    "scriptTask": _script_task,
    "globalScriptTask": _script_task,
    "businessRuleTask": _decision,
    "globalBusinessRuleTask": _decision,
    "callActivity": _called,
}
_NAMED: dict[str, Callable[[Diagram, Node, Node], Iterator[Finding]]] = {
    "messageEventDefinition": _message,
    "signalEventDefinition": _signal,
    "errorEventDefinition": _code("error", "fout"),
    "escalationEventDefinition": _code("escalation", "escalatie"),
    "compensateEventDefinition": _compensate,
}
