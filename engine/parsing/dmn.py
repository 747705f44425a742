"""DMN files to decisions, knowledge, services and inputs.

In: DMN 1.1 to 1.5 XML, and a way to find imported files. Out: a model, or findings at elements. What this file does not know
is refused, never passed over.
"""

import re
from collections.abc import Callable, Iterator

from lxml import etree

from engine.decisions import DecisionModel
from engine.dmn.boxed import Broken, Definition
from engine.dmn.graph import Decision, Element, Graph, InputData, Knowledge, Requirement, Service
from engine.dmn.types import ANY, result_type
from engine.findings import ERROR, Finding
from engine.parsing import xml
from engine.parsing.dmn_logic import NO_LOGIC, LogicReader, typed
from engine.parsing.dmn_parts import NAMESPACES, child, children, own, place, refers_to
from engine.parsing.dmn_types import Types
from problems import Invalid

RULE = "decisions"
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}")
MOST_IMPORTS = 20
MOST_TEXTS = 12_000  # cells and expressions of one file: reading one takes some tens of microseconds
DRAWN = frozenset(
    "DMNDI extensionElements knowledgeSource textAnnotation association description group elementCollection "
    "performanceIndicator organizationUnit itemDefinition import".split()
)
ARROWS = frozenset("requiredDecision requiredInput requiredKnowledge".split())
Find = Callable[[str, str], bytes | None]


class DecisionRefused(Invalid):
    """Deze beslissing kan niet gelezen worden."""


def load(content: bytes, find: Find | None = None) -> DecisionModel:
    """The model of a file; `find(namespace, location)` gives what it imports. Raises DecisionRefused with every finding."""
    model, findings = checked(content, find)
    if findings:
        raise DecisionRefused(errors=[{"field": f.element_id, "message": f.sentence} for f in findings])
    return model


def check(content: bytes, find: Find | None = None) -> list[Finding]:
    """Everything that keeps the file from being used."""
    return checked(content, find)[1]


def checked(content: bytes, find: Find | None = None) -> tuple[DecisionModel, list[Finding]]:
    """The model with what keeps it from being used.

    As `read`; a decision the file goes by needs an id that can stand in a diagram and in an address.
    """
    model, findings = read(content, find)
    for top in top_decisions(xml.parse(content)) if model.decisions else ():
        if not _KEY.fullmatch(top.get("id") or ""):
            sentence = "De beslissing heeft een id nodig van letters, cijfers en streepjes, dat met een letter begint."
            findings.append(_finding(top, sentence))
    return model, findings


def read(content: bytes, find: Find | None = None) -> tuple[DecisionModel, list[Finding]]:
    """The model and the findings together: what cannot be read gives null when evaluated, as the standard has it."""
    root = xml.parse(content)
    if xml.local(root) != "definitions" or xml.namespace(root) not in NAMESPACES:
        return DecisionModel(Graph()), [_finding(root, "Dit is geen DMN-bestand (DMN 1.1 tot 1.5).")]
    if sum(1 for _ in root.iter("{*}text")) > MOST_TEXTS:
        sentence = f"Het bestand heeft meer dan {MOST_TEXTS} cellen en uitdrukkingen. Splits het op."
        return DecisionModel(Graph()), [_finding(root, sentence)]
    reader = FileReader(root, Graph(), find or (lambda _namespace, _location: None))
    findings = reader.read()
    graph = reader.graph
    if not findings:
        findings += _circles(graph)
    if not findings and not any(isinstance(each, Decision) for each in reader.own.values()):
        findings.append(_finding(root, "Er staat geen beslissing in dit bestand."))
    return DecisionModel(graph), findings


def top_decisions(root: etree._Element) -> list[etree._Element]:
    """The decisions a file is about: those on which no other in the file steps."""
    decisions = [element for element in root if isinstance(element.tag, str) and xml.local(element) == "decision"]
    needed = {
        r.get("href", "").lstrip("#")
        for d in decisions
        for r in d.iter(etree.Element)
        if xml.local(r) == "requiredDecision"
    }
    return [decision for decision in decisions if decision.get("id") not in needed] or decisions[:1]


def _finding(element: etree._Element, sentence: str) -> Finding:
    return Finding(place(element), RULE, ERROR, sentence)


def _circles(graph: Graph) -> list[Finding]:
    """Decisions and knowledge that, over others, need themselves."""
    found = []
    for key, start in graph.elements.items():
        seen: set[str] = set()
        todo = list(_needs(start))
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += _needs(graph.elements[name])
        if key in seen:
            sentence = f"De beslissing '{start.name}' steunt, langs andere, op zichzelf. Verwijder een van de pijlen."
            found.append(Finding(start.id, RULE, ERROR, sentence))
    return found


def _needs(element: Element) -> Iterator[str]:
    if isinstance(element, Decision | Knowledge):
        yield from (each.key for each in element.requires)
    elif isinstance(element, Service):
        yield from element.outputs


class FileReader:
    """Reads one file into a graph it shares with the files it imports, each of which is read once.

    `prefix` makes the ids of an imported file unique; `read` has what was read by namespace, None while that is going on.
    """

    def __init__(
        self,
        root: etree._Element,
        graph: Graph,
        find: Find,
        prefix: str = "",
        read: "dict[str, FileReader | None] | None" = None,
    ) -> None:
        self.graph = graph
        self.own: dict[str, Element] = {}
        self._root = root
        self._find = find
        self._prefix = prefix
        self._read: dict[str, FileReader | None] = {root.get("namespace") or "": None} if read is None else read
        self._findings: list[Finding] = []
        self._imports: dict[str, tuple[str, FileReader]] = {}
        self.types = Types(self._say, self._imported_types)
        self._logic = LogicReader(self.types, self._say)
        self._variables: dict[str, str] = {}

    def read(self) -> list[Finding]:
        """All of the file, imports first."""
        for each in children(self._root, "import"):
            self._import(each)
        self.types.read(self._root)
        parts = [each for each in own(self._root) if xml.local(each) not in DRAWN]
        for each in parts:  # every name first, so that a text may mention what is drawn later
            self._variables[place(each)] = _variable_name(each)
        for each in parts:
            self._element(each)
        self.graph.elements |= {self._prefix + key: element for key, element in self.own.items()}
        self._arrows_arrive()
        return self._findings

    # -- imports --------------------------------------------------------------------------------------------------

    def _import(self, element: etree._Element) -> None:
        namespace, name = element.get("namespace") or "", element.get("name") or ""
        kind = element.get("importType") or ""
        if kind not in NAMESPACES:
            self._say(
                element, f"Alleen DMN-bestanden kunnen ingevoerd worden, geen '{kind or 'bestand zonder soort'}'."
            )
            return
        reader = self._imported(element, namespace, name)
        if reader is not None:
            self._imports[namespace] = (name, reader)

    def _imported(self, element: etree._Element, namespace: str, name: str) -> "FileReader | None":
        if namespace in self._read:
            known = self._read[namespace]
            if known is None:
                self._say(element, f"'{name or namespace}' steunt, langs andere bestanden, op zichzelf.")
            return known
        content = self._find(namespace, element.get("locationURI") or "")
        if content is None or len(self._read) > MOST_IMPORTS:
            self._say(element, f"Dit bestand steunt op '{name or namespace}', en dat bestand is er niet.")
            return None
        self._read[namespace] = None
        reader = FileReader(xml.parse(content), self.graph, self._find, f"{namespace}#", self._read)
        self._findings += reader.read()
        self._read[namespace] = reader
        return reader

    def _imported_types(self, name: str) -> Types | None:
        for namespace, (alias, reader) in self._imports.items():
            if name and name in (alias, namespace):
                return reader.types
        return None

    # -- elements -------------------------------------------------------------------------------------------------

    def _element(self, element: etree._Element) -> None:
        kind, key = xml.local(element), place(element)
        readers: dict[str, Callable[[etree._Element], Element]] = {
            "decision": self._decision,
            "inputData": self._input,
            "businessKnowledgeModel": self._knowledge,
            "decisionService": self._service,
        }
        if kind not in readers:
            self._say(element, f"'{kind}' wordt niet ondersteund. Haal het uit het bestand.")
        elif not element.get("id"):
            self._say(element, f"'{element.get('name') or kind}' heeft een id nodig.")
        elif key in self.own:
            self._say(element, f"De id '{key}' komt twee keer voor.")
        else:
            self.own[key] = readers[kind](element)

    def _input(self, element: etree._Element) -> InputData:
        wanted = self.types.of(child(element, "variable"))
        return InputData(place(element), element.get("name") or "", _variable_name(element), wanted)

    def _decision(self, element: etree._Element) -> Decision:
        name = element.get("name") or place(element)
        requires = self._requires(element)
        logic = self._logic.inside(element, self._scope(requires), name)
        wanted = self.types.of(child(element, "variable"))
        if isinstance(logic, Definition):
            logic, wanted = typed(logic, wanted, f"Het antwoord van '{name}'"), ANY
        if logic is None and not self._given_to_a_service(place(element)):
            self._say(element, NO_LOGIC)
        return Decision(
            id=place(element),
            name=name,
            variable=_variable_name(element),
            logic=logic,
            requires=requires,
            wanted=wanted,
        )

    def _given_to_a_service(self, key: str) -> bool:
        """An input decision of a service may be without logic: its value is given."""
        services = children(self._root, "decisionService")
        return any(refers_to(each) == f"#{key}" for service in services for each in children(service, "inputDecision"))

    def _knowledge(self, element: etree._Element) -> Knowledge:
        logic = child(element, "encapsulatedLogic")
        requires = self._requires(element)
        if logic is None:
            self._say(element, "Deze gedeelde regel heeft geen inhoud.")
            body: Definition = Definition((), Broken("Deze gedeelde regel heeft geen inhoud."))
        else:
            found = self._logic.definition(logic, self._scope(requires) | {_variable_name(element)})
            body = found if isinstance(found, Definition) else Definition((), found)
        name = element.get("name") or place(element)
        wanted = result_type(self.types.of(child(element, "variable")))
        body = Definition(body.parameters, body.body, wanted, f"Het antwoord van '{name}'")
        return Knowledge(place(element), name, _variable_name(element), body, requires)

    def _service(self, element: etree._Element) -> Service:
        outputs = tuple(self._key(refers_to(each)) for each in children(element, "outputDecision"))
        if not outputs:
            self._say(element, "Deze dienst geeft geen enkele beslissing.")
        inputs = [*children(element, "inputData"), *children(element, "inputDecision")]
        wanted = self.types.of(child(element, "variable"))
        keys = tuple(self._key(refers_to(each)) for each in inputs)
        return Service(place(element), element.get("name") or "", _variable_name(element), outputs, keys, wanted)

    # -- arrows ---------------------------------------------------------------------------------------------------

    def _requires(self, element: etree._Element) -> tuple[Requirement, ...]:
        arrows = [each for part in own(element) for each in own(part) if xml.local(each) in ARROWS]
        return tuple(Requirement(self._key(refers_to(each)), self._alias(refers_to(each))) for each in arrows)

    def _key(self, reference: str) -> str:
        namespace, _, key = reference.rpartition("#")
        if not namespace or namespace == self._root.get("namespace"):
            return self._prefix + key
        return f"{namespace}#{key}"

    def _alias(self, reference: str) -> str:
        namespace = reference.rpartition("#")[0]
        return self._imports[namespace][0] if namespace in self._imports else ""

    def _scope(self, requires: tuple[Requirement, ...]) -> frozenset[str]:
        """The names a text may mention: what it requires, imports, and the parts of values."""
        names = self.types.component_names()
        for alias, reader in self._imports.values():
            names |= {alias} | set(reader._variables.values()) | reader.types.component_names()
        for each in requires:
            key = each.key.removeprefix(self._prefix)
            if key in self._variables:
                names.add(self._variables[key])
        return frozenset(name for name in names if name)

    def _arrows_arrive(self) -> None:
        for key, element in self.own.items():
            needs = list(_needs(element)) + (list(element.inputs) if isinstance(element, Service) else [])
            for needed in needs:
                if needed not in self.graph.elements:
                    sentence = f"Deze beslissing steunt op '{needed.removeprefix(self._prefix)}', en die bestaat niet."
                    self._findings.append(Finding(key, RULE, ERROR, sentence))

    def _say(self, element: etree._Element, sentence: str) -> None:
        self._findings.append(_finding(element, sentence))


def _variable_name(element: etree._Element) -> str:
    variable = child(element, "variable")
    return (variable.get("name") if variable is not None else None) or element.get("name") or element.get("id") or ""
