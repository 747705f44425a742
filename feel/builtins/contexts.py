"""Functions of contexts (DMN 1.5, 10.3.4.14). A context is never changed: each answer is a new one."""

from typing import Any

from feel.builtins.registry import NoValue, builtin


@builtin("get value", "m:context, key:string", "Any")
def _get_value(context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@builtin("get value", "context:context, keys:list", "Any")
def _get_nested(context: dict[str, Any], keys: list[Any]) -> Any:
    found: Any = context
    for key in keys:
        found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
    return found


@builtin("get entries", "m:context", "list")
def _get_entries(context: dict[str, Any]) -> list[Any]:
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries:list", "context")
def _context(entries: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry or not isinstance(entry.get("key"), str):
            raise NoValue("elke ingang heeft een 'key' die tekst is, en een 'value'")
        if entry["key"] in found:
            raise NoValue(f"'{entry['key']}' staat er twee keer in")
        found[entry["key"]] = entry["value"]
    return found


@builtin("context put", "context:context, key:string, value:any", "context")
def put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The context with one entry more, or another value for it."""
    return {**context, key: value}


@builtin("context put", "context:context, keys:list, value:any", "context")
def _put_nested(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    if not keys or not all(isinstance(key, str) for key in keys):
        raise NoValue("'keys' moet een lijst van namen zijn")
    if len(keys) == 1:
        return put(context, keys[0], value)
    inner = context.get(keys[0])
    if inner is not None and not isinstance(inner, dict):
        raise NoValue(f"'{keys[0]}' is geen context")
    return put(context, keys[0], _put_nested(inner or {}, keys[1:], value))


@builtin("context merge", "contexts:list", "context")
def merge(contexts: list[Any]) -> dict[str, Any]:
    """All entries; of the same name, the last one's. Raises NoValue."""
    found: dict[str, Any] = {}
    for each in contexts:
        if not isinstance(each, dict):
            raise NoValue("de lijst bevat iets anders dan contexten")
        found.update(each)
    return found
