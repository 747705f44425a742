"""What a diagram asks for must exist, and every expression must parse: forms, roles, job types, decisions, processes, messages."""

from collections.abc import Iterator

from lxml import etree

import feel
from engine.findings import ERROR, WARNING, Finding
from engine.lint.gate import place
from engine.moments import BadTimer, parsed
from engine.parsing import dialect
from engine.parsing.xml import bpmn, local, zeebe
from engine.vocabulary import Vocabulary

RULE = "references"
CASE_ID = "case_id"


def check(root: etree._Element, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Findings on everything an element names."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        readers = {
            "userTask": _user_task,
            "serviceTask": _service_task,
            "scriptTask": _script_task,
            "businessRuleTask": _decision,
            "callActivity": _called,
        }
        name = local(element)
        if name in readers and element.tag == bpmn(name):
            yield from _retries(element)
            extensions = dialect.read(element)
            yield from readers[name](element, extensions, vocabulary)
            yield from _mappings(element, extensions)
        elif element.tag == bpmn("subProcess"):
            yield from _mappings(element, dialect.read(element))
        elif element.tag in (bpmn("intermediateCatchEvent"), bpmn("boundaryEvent")):
            yield from _event_mappings(element, dialect.read(element))
        elif element.tag == bpmn("conditionExpression"):
            yield from _feel(element, element.text, must=True)
        elif name in ("timeDate", "timeDuration"):
            yield from _timer(element)
        elif name in ("messageEventDefinition", "errorEventDefinition"):
            yield from _event(root, element)


def _user_task(element: etree._Element, found: dialect.Extensions, known: Vocabulary) -> Iterator[Finding]:
    if not found.form_key:
        yield _error(element, "Deze taak heeft geen formulier. Kies er een bij 'Form'.")
    elif found.form_key not in known.forms:
        yield _error(element, f"Het formulier '{found.form_key}' bestaat niet. Maak het eerst, of kies een ander.")
    groups = found.candidate_groups
    if not groups:
        yield _error(element, "Deze taak heeft geen rol. Vul bij 'Candidate groups' de rol in die ze moet doen.")
    elif dialect.is_expression(groups):
        yield _error(element, "De rol van een taak kan niet berekend worden. Kies een vaste rol.")
    elif "," in groups:
        yield _error(element, "Een taak heeft één rol. Kies er één, of maak er een rol voor.")
    elif groups not in known.roles:
        yield _error(element, f"De rol '{groups}' bestaat niet. Kies uit: {', '.join(sorted(known.roles))}.")
    if found.assignee:
        yield _error(element, "Een vaste persoon bij een taak wordt niet ondersteund. Gebruik een rol.")
    for text in (found.due_date, found.follow_up_date):
        yield from _moment(element, text)
    yield from _feel(element, found.priority)
    if not found.due_date:
        yield Finding(place(element), RULE, WARNING, "Deze taak heeft geen uiterste datum.")


def _not_reserved(element: etree._Element, name: str | None) -> Iterator[Finding]:
    if name == CASE_ID:
        yield _error(
            element,
            f"'{CASE_ID}' zegt bij welk dossier berichten horen en kan niet gezet worden. Kies een andere naam.",
        )


def _service_task(element: etree._Element, found: dialect.Extensions, known: Vocabulary) -> Iterator[Finding]:
    if not found.job_type:
        yield _error(element, "Deze systeemtaak heeft geen taaktype.")
    elif found.job_type not in known.job_types:
        yield _error(
            element, f"Het taaktype '{found.job_type}' bestaat niet. Kies uit: {', '.join(sorted(known.job_types))}."
        )


def _script_task(element: etree._Element, found: dialect.Extensions, _known: Vocabulary) -> Iterator[Finding]:
    if found.script is None or not found.result_variable:
        yield _error(
            element,
            "Dit script heeft een FEEL-uitdrukking en een resultaatvariabele nodig. Andere talen worden niet uitgevoerd.",
        )
    yield from _feel(element, found.script, must=bool(found.script))
    yield from _result_name(element, found.result_variable)


def _decision(element: etree._Element, found: dialect.Extensions, known: Vocabulary) -> Iterator[Finding]:
    if not found.decision or not found.result_variable:
        yield _error(element, "Kies de beslissing en de variabele voor haar antwoord.")
    elif dialect.is_expression(found.decision) or found.decision not in known.decisions:
        yield _error(element, f"De beslissing '{found.decision}' bestaat niet.")
    yield from _result_name(element, found.result_variable)


def _result_name(element: etree._Element, name: str | None) -> Iterator[Finding]:
    yield from _not_reserved(element, name)
    if name and not name.isidentifier():
        yield _error(element, f"'{name}' kan geen naam van een variabele zijn.")


def _called(element: etree._Element, found: dialect.Extensions, known: Vocabulary) -> Iterator[Finding]:
    if not found.called_process:
        yield _error(element, "Kies welk diagram hier uitgevoerd wordt.")
    elif found.called_process not in known.processes:
        yield _error(element, f"Het diagram '{found.called_process}' bestaat niet.")
    process = next(element.iterancestors(bpmn("process")), None)
    if process is not None and process.get("id") == found.called_process:
        yield _error(element, "Een diagram kan zichzelf niet oproepen.")


def _mappings(element: etree._Element, found: dialect.Extensions) -> Iterator[Finding]:
    for mapping in (*found.inputs, *found.outputs):
        yield from _feel(element, mapping.source)
        yield from _not_reserved(element, mapping.target.split(".")[0])
        if not mapping.target or not all(part.isidentifier() for part in mapping.target.split(".")):
            yield _error(element, f"'{mapping.target}' kan geen naam van een variabele zijn.")


def _event_mappings(element: etree._Element, found: dialect.Extensions) -> Iterator[Finding]:
    yield from _mappings(element, found)
    if found.inputs:
        yield _error(element, "Een gebeurtenis kan alleen uitvoer toewijzen, geen invoer. Verwijder de invoer.")


def _retries(element: etree._Element) -> Iterator[Finding]:
    definition = element.find(f"{bpmn('extensionElements')}/{zeebe('taskDefinition')}")
    text = "" if definition is None else definition.get("retries", "3")
    if definition is not None and text and not text.isdigit():
        definition.set("retries", "3")  # so that the other checks can go on
        yield _error(element, f"Het aantal pogingen moet een getal zijn, niet '{text}'.")


def _timer(element: etree._Element) -> Iterator[Finding]:
    yield from _moment(element, (element.text or "").strip() or "?")


def _moment(element: etree._Element, text: str | None) -> Iterator[Finding]:
    if text is None:
        return
    if dialect.is_expression(text):
        yield from _feel(element, text)
        return
    try:
        if text.strip().startswith("-"):
            raise BadTimer
        parsed(text)
    except (BadTimer, ValueError):
        yield _error(
            element, f"'{text}' is geen datum of duur. Schrijf bijvoorbeeld P10D, of een FEEL-uitdrukking na '='."
        )


def _event(root: etree._Element, element: etree._Element) -> Iterator[Finding]:
    kind = "message" if local(element).startswith("message") else "error"
    ref = element.get(f"{kind}Ref")
    target = next((e for e in root.iterfind(bpmn(kind)) if e.get("id") == ref), None)
    if kind == "error":
        if ref and target is None:
            yield _error(element, f"De fout '{ref}' bestaat niet.")
        if target is not None and dialect.is_expression(target.get("errorCode")):
            yield _error(element, "De code van een fout kan niet berekend worden. Kies een vaste code.")
        parent = element.getparent()
        if parent is not None and local(parent) == "endEvent" and (target is None or not target.get("errorCode")):
            yield _error(element, "Een fouteinde heeft een fout met een code nodig.")
        return
    if target is None or not target.get("name"):
        yield _error(element, "Kies op welk bericht hier gewacht wordt.")
        return
    if dialect.is_expression(target.get("name")):
        yield _error(element, "De naam van een bericht kan niet berekend worden. Kies een vaste naam.")
    subscription = target.find(f"{bpmn('extensionElements')}/{zeebe('subscription')}")
    key = None if subscription is None else subscription.get("correlationKey")
    if not key:
        yield _error(
            element, f"Het bericht '{target.get('name')}' heeft geen sleutel (correlation key). Gebruik =case_id."
        )
    yield from _feel(element, key, must=bool(key))


def _feel(element: etree._Element, text: str | None, *, must: bool = False) -> Iterator[Finding]:
    if text is None or not text.strip():
        if must:
            yield _error(element, "Hier hoort een voorwaarde.")
        return
    if not dialect.is_expression(text):
        if must:
            yield _error(element, f"'{text.strip()}' is geen FEEL-uitdrukking. Begin met '='.")
        return
    try:
        feel.compile(dialect.expression(text))
    except feel.FeelError as problem:
        yield _error(element, f"'{text.strip()}' kan niet gelezen worden: {problem}.")


def _error(element: etree._Element, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)
