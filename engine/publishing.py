"""Checking what a process manager wants to publish: findings, or nothing to say.

In: XML or JSON bytes. Out: findings at elements. Promise: what the engine cannot run exactly right is never without an error
finding; checking changes nothing and never runs anything of the file.
"""

from collections.abc import Callable

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.errors import XmlRefused
from engine.findings import ERROR, Finding
from engine.lint import concurrency, gate, references, structure, tables
from engine.parsing import dmn, xml
from engine.parsing.parser import parse_process
from engine.parsing.xml import bpmn
from engine.vocabulary import Vocabulary

FormCheck = Callable[[bytes], list[Finding]]


def check(kind: str, content: bytes, vocabulary: Vocabulary, form_check: FormCheck | None = None) -> list[Finding]:
    """Findings on a process, decision or form; errors first."""
    if kind == "form":
        findings = form_check(content) if form_check else []
    elif kind == "decision":
        findings = _refusable(_check_decision, content)
    else:
        findings = _refusable(lambda given: _check_process(given, vocabulary), content)
    return sorted(findings, key=lambda f: f.severity != ERROR)


def _refusable(checker: FormCheck, content: bytes) -> list[Finding]:
    try:
        return checker(content)
    except XmlRefused as refusal:
        return [Finding("definitions", "supported", ERROR, error["message"]) for error in refusal.errors]


def _check_decision(content: bytes) -> list[Finding]:
    findings = dmn.check(content)
    return findings or tables.check(dmn.load(content))


def _check_process(content: bytes, vocabulary: Vocabulary) -> list[Finding]:
    root = xml.parse(content)
    findings = list(gate.check(root))
    if has_errors(findings):
        return findings
    findings += [*structure.check(root), *references.check(root, vocabulary), *concurrency.check(root)]
    if has_errors(findings):
        return findings
    try:
        parse_process(root)
    except ValidationException as problem:
        findings.append(Finding("definitions", "supported", ERROR, f"Het diagram kan niet gelezen worden: {problem}"))
    return findings


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.severity == ERROR for finding in findings)


def keys_of(kind: str, content: bytes) -> tuple[str, str]:
    """The key and name a checked file publishes under: the process id, the id of the decision no other needs."""
    root = xml.parse(content)
    if kind == "process":
        process = next(p for p in root.iterfind(bpmn("process")) if p.get("isExecutable") == "true")
        return process.get("id") or "", process.get("name") or process.get("id") or ""
    decision = dmn.top_decision(root)
    return decision.get("id") or "", decision.get("name") or ""
