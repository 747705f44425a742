"""A drawing for a diagram that has none: every element in a row, what is inside beneath each other, so that the editor can open it."""

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
SCOPES = ("subProcess", "transaction", "adHocSubProcess")
EVENT, GATEWAY, TASK, GAP = 36, 50, (100, 80), 60
Bounds = tuple[int, int, int, int]


def with_drawing(content: str) -> str:
    """The same file, drawn. Boundary events stand on the lower edge of their activity."""
    root = etree.fromstring(content.encode())
    plane = etree.SubElement(etree.SubElement(root, _di("BPMNDiagram"), id="diagram_1"), _di("BPMNPlane"), id="plane_1")
    places: dict[str, Bounds] = {}
    process = root.find(f"{{{BPMN}}}process")
    assert process is not None
    plane.set("bpmnElement", str(process.get("id")))
    _row(process, 100, 100, places)
    for element_id, (x, y, width, height) in places.items():
        shape = etree.SubElement(plane, _di("BPMNShape"), id=f"{element_id}_di", bpmnElement=element_id)
        if _element(root, element_id).tag.rpartition("}")[2] in SCOPES:
            shape.set("isExpanded", "true")
        etree.SubElement(shape, f"{{{DC}}}Bounds", x=str(x), y=str(y), width=str(width), height=str(height))
    for arrow in root.iter(f"{{{BPMN}}}sequenceFlow", f"{{{BPMN}}}association"):
        edge = etree.SubElement(plane, _di("BPMNEdge"), id=f"{arrow.get('id')}_di", bpmnElement=str(arrow.get("id")))
        for end in (arrow.get("sourceRef"), arrow.get("targetRef")):
            x, y, width, height = places[str(end)]
            etree.SubElement(edge, f"{{{DI}}}waypoint", x=str(x + width // 2), y=str(y + height // 2))
    return etree.tostring(root, encoding="unicode")


def _di(name: str) -> str:
    return f"{{{BPMNDI}}}{name}"


def _element(root: etree._Element, element_id: str) -> etree._Element:
    return next(each for each in root.iter() if each.get("id") == element_id)


def _row(scope: etree._Element, x: int, y: int, places: dict[str, Bounds]) -> tuple[int, int]:
    """Put the nodes of a scope side by side; answers how wide and how high that is."""
    start, height = x, 0
    for node in scope:
        kind = node.tag.rpartition("}")[2]
        if kind == "boundaryEvent" or not kind.endswith(
            ("Event", "Gateway", "Task", "task", "Activity", "Process", "transaction")
        ):
            continue
        width, high = _size(node, kind, x, y, places)
        places[str(node.get("id"))] = (x, y, width, high)
        x, height = x + width + GAP, max(height, high)
    for node in scope.iterfind(f"{{{BPMN}}}boundaryEvent"):
        own_x, own_y, width, high = places[str(node.get("attachedToRef"))]
        beside = sum(
            each[1] == own_y + high - EVENT // 2 and own_x <= each[0] < own_x + width for each in places.values()
        )
        places[str(node.get("id"))] = (own_x + beside * (EVENT + 4), own_y + high - EVENT // 2, EVENT, EVENT)
    return x - start, height + EVENT


def _size(node: etree._Element, kind: str, x: int, y: int, places: dict[str, Bounds]) -> tuple[int, int]:
    if kind in SCOPES:
        width, height = _row(node, x + 30, y + 40, places)
        return max(width + 30, 160), max(height + 70, 140)
    if kind.endswith("Event"):
        return EVENT, EVENT
    return (GATEWAY, GATEWAY) if kind.endswith("Gateway") else TASK
