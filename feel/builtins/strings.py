"""Functions of texts (DMN 1.5, 10.3.4.3). Places are counted in characters, from 1; negative ones from the end."""

from typing import Any

from feel.builtins.conversion import whole
from feel.builtins.registry import NoValue, builtin
from feel.matching import Match, matches, search
from feel.patterns import BadPattern, Program, program
from feel.run import Run

LONGEST_PATTERN = 500


def pattern_of(text: str, flags: str | None = None) -> Program:
    """A pattern ready to match. Raises NoValue when it is none."""
    if len(text) > LONGEST_PATTERN:
        raise NoValue(f"het patroon is langer dan {LONGEST_PATTERN} tekens")
    try:
        return program(text, flags or "")
    except BadPattern as problem:
        raise NoValue(str(problem)) from problem


@builtin("string length", "string:string", "number")
def _length(text: str) -> int:
    return len(text)


@builtin("substring", "string:string, start position:number, length?:number", "string")
def _substring(text: str, start: Any, length: Any = None) -> str:
    begin = whole(start)
    if begin == 0 or abs(begin) > len(text):
        raise NoValue(f"de tekst heeft geen plaats {begin}")
    begin = begin - 1 if begin > 0 else len(text) + begin
    if length is None:
        return text[begin:]
    if length < 1:
        raise NoValue("'length' moet minstens 1 zijn")
    return text[begin : begin + whole(length)]


@builtin("upper case", "string:string", "string")
def _upper(text: str) -> str:
    return text.upper()


@builtin("lower case", "string:string", "string")
def _lower(text: str) -> str:
    return text.lower()


@builtin("substring before", "string:string, match:string", "string")
def _before(text: str, match: str) -> str:
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after", "string:string, match:string", "string")
def _after(text: str, match: str) -> str:
    if not match:
        return text
    return text.partition(match)[2] if match in text else ""


@builtin("contains", "string:string, match:string", "boolean")
def _contains(text: str, match: str) -> bool:
    return match in text


@builtin("starts with", "string:string, match:string", "boolean")
def _starts(text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with", "string:string, match:string", "boolean")
def _ends(text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("matches", "input:string, pattern:string, flags?:any", "boolean", wants_run=True)
def _matches(run: Run, text: str, pattern: str, flags: Any = None) -> bool:
    return search(pattern_of(pattern, _flags(flags)), text, 0, run) is not None


@builtin("replace", "input:string, pattern:string, replacement:string, flags?:any", "string", wants_run=True)
def _replace(run: Run, text: str, pattern: str, replacement: str, flags: Any = None) -> str:
    known = _flags(flags)
    found, parts, begin = pattern_of(pattern, known), [], 0
    for match in matches(found, text, run):
        new = replacement if known and "q" in known else _filled(replacement, match, found.groups, text)
        parts += [text[begin : match.start], new]
        begin = match.end
        run.weigh(new)
        run.charge(1)
    return "".join([*parts, text[begin:]])


def _flags(flags: Any) -> str | None:
    if flags is not None and not isinstance(flags, str):
        raise NoValue("'flags' moet tekst zijn")
    return flags


def _filled(replacement: str, match: Match, groups: int, text: str) -> str:
    """`$1` is what the first pair of brackets matched, `$0` the whole, `\\$` a dollar sign."""
    parts, at = [], 0
    while at < len(replacement):
        sign, following = replacement[at], replacement[at + 1 : at + 2]
        if sign == "\\" and following in ("$", "\\") and following:
            parts.append(following)
            at += 2
        elif sign == "$" and following.isdecimal():
            number, at = _group_number(replacement, at + 1, groups)
            start, end = (match.start, match.end) if number == 0 else _group(match, number)
            parts.append(text[start:end] if start >= 0 else "")
        elif sign == "$":
            raise NoValue("na '$' hoort een cijfer; een dollarteken is \\$")
        else:
            parts.append(sign)
            at += 1
    return "".join(parts)


def _group_number(text: str, at: int, groups: int) -> tuple[int, int]:
    number, at = int(text[at]), at + 1
    while text[at : at + 1].isdecimal() and number * 10 + int(text[at]) <= groups:
        number, at = number * 10 + int(text[at]), at + 1
    return number, at


def _group(match: Match, number: int) -> tuple[int, int]:
    return match.groups[number - 1] if number <= len(match.groups) else (-1, -1)


@builtin("split", "string:string, delimiter:string", "list", wants_run=True)
def _split(run: Run, text: str, delimiter: str) -> list[str]:
    parts, begin = [], 0
    for match in matches(pattern_of(delimiter), text, run):
        if match.end == match.start and match.start in (0, len(text)):
            continue  # an empty match cuts between signs, never at the ends
        parts.append(text[begin : match.start])
        begin = match.end
        run.charge(1)
    return [*parts, text[begin:]]


@builtin("string join", "list:list, delimiter?:any, prefix?:any, suffix?:any", "string")
def _join(items: list[Any], delimiter: Any = None, prefix: Any = None, suffix: Any = None) -> str:
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        raise NoValue("de lijst bevat iets anders dan tekst")
    around = [part for part in (delimiter, prefix, suffix) if part is not None]
    if not all(isinstance(part, str) for part in around):
        raise NoValue("het scheidingsteken moet tekst zijn")
    return f"{prefix or ''}{(delimiter or '').join(texts)}{suffix or ''}"
