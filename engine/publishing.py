"""Checking what a process manager wants to publish: findings, or nothing to say.

In: XML or JSON bytes. Out: findings at elements. Promise: what the engine cannot run exactly right is never without an error
finding; checking changes nothing and never runs anything of the file.
"""

from collections.abc import Callable
from itertools import islice

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.errors import XmlRefused
from engine.findings import ERROR, Finding
from engine.lint import decision_expressions, diagram, gate, rules, tables
from engine.parsing import dmn, xml
from engine.parsing.parser import parsed, process_ids
from engine.parsing.xml import zeebe
from engine.vocabulary import Vocabulary

MOST_FINDINGS = 100  # of one rule: a list nobody reads to its end helps nobody
FormCheck = Callable[[bytes], list[Finding]]
# What the engine keeps and never runs: whoever uses it knows what is right in it.
WRITTEN = ("form", "letter")


def check(
    kind: str,
    content: bytes,
    vocabulary: Vocabulary,
    form_check: FormCheck | None = None,
    find: dmn.Find | None = None,
) -> list[Finding]:
    """Findings; errors first. `form_check` checks a form or a letter, `find` gives the files a decision imports."""
    if kind in WRITTEN:
        findings = form_check(content) if form_check else []
    elif kind == "decision":
        findings = _refusable(lambda given: _check_decision(given, find), content)
    else:
        findings = _refusable(lambda given: _check_process(given, vocabulary), content)
    return sorted(findings, key=lambda f: f.severity != ERROR)


def _refusable(checker: FormCheck, content: bytes) -> list[Finding]:
    try:
        return checker(content)
    except XmlRefused as refusal:
        return [Finding("definitions", "supported", ERROR, error["message"]) for error in refusal.errors]


def _check_decision(content: bytes, find: dmn.Find | None) -> list[Finding]:
    model, findings = dmn.checked(content, find)
    if findings:
        return findings
    return [*islice(decision_expressions.check(model), MOST_FINDINGS), *tables.check(model)]


def _check_process(content: bytes, vocabulary: Vocabulary) -> list[Finding]:
    root = xml.parse(content)
    findings = list(islice(gate.check(root), MOST_FINDINGS))
    if has_errors(findings):
        return findings
    read = diagram.read(root, vocabulary)
    for checks in rules.ROUNDS:
        for check_rule in checks:
            findings += islice(check_rule(read), MOST_FINDINGS)
        if has_errors(findings):
            return findings
    return findings + _parsed(content, root)


def _parsed(content: bytes, root: diagram.Node) -> list[Finding]:
    """What only the parser sees; the rules should have said it before, and better."""
    try:
        for process_id in process_ids(root):
            parsed(content, process_id)  # kept: whoever takes it into use need not read it again
    except ValidationException as problem:
        return [Finding("definitions", "supported", ERROR, f"Het diagram kan niet gelezen worden: {problem}")]
    return []


def has_errors(findings: list[Finding]) -> bool:
    return any(finding.severity == ERROR for finding in findings)


def keys_of(kind: str, content: bytes) -> list[tuple[str, str]]:
    """The keys and names a checked file publishes under: each of its processes, or each decision no other needs."""
    root = xml.parse(content)
    if kind == "process":
        by_id = {e.get("id"): e for e in root if isinstance(e.tag, str)}
        return [(key, by_id[key].get("name") or key) for key in process_ids(root)]
    return [(each.get("id") or "", each.get("name") or "") for each in dmn.top_decisions(root)]


def version_tag_of(kind: str, content: bytes, key: str) -> str | None:
    """The tag by which other diagrams may ask for this version."""
    root = xml.parse(content)
    if kind == "decision":
        holders = [root, *root.iter()]
    else:
        holders = [e for e in root if isinstance(e.tag, str) and e.get("id") == key]
    for holder in holders:
        for tag in holder.iterfind(f"*/{zeebe('versionTag')}"):
            return tag.get("value") or None
    return None
