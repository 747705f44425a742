"""How the API describes its calls: what each takes, and how each may refuse. `web.api.contract` makes the document of it."""

from typing import Any

from pydantic import BaseModel

from web.api.sent import ANSWERS_PART, FILES_PART, FORM_TYPE, JSON_PARTS, JSON_TYPE
from web.api.shapes import Problem

REFUSALS = {
    401: "No valid bearer token.",
    403: "The token's roles do not allow this (identity/permissions.py).",
    404: "It does not exist, or not for this caller: existence is not revealed.",
    409: "Not now: somebody else was first, the version is old, the case does not wait for this, or the Idempotency-Key is taken.",
    413: "The body is too large.",
    415: "The content type is not one of those described.",
    422: "The content does not fit; `errors` names each field.",
    503: "Busy, or out of disk space. Nothing was done; the same call may be sent again.",
}
READS = (401, 403, 404, 422, 503)
WRITES = (401, 403, 404, 409, 413, 415, 422, 503)
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A name for this call, 1 to 200 characters. The same call with the same key is done once and answered again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the user task the answers are based on. An older one is a conflict (409).",
    "schema": {"type": "string"},
}


def refusals(statuses: tuple[int, ...]) -> dict[int | str, dict[str, Any]]:
    """How a call may refuse, for its `responses`."""
    return {status: {"model": Problem, "description": REFUSALS[status]} for status in statuses}


def takes(
    model: type[BaseModel] | None = None, *, files: bool = False, if_match: bool = False, writes: bool = True
) -> dict[str, Any]:
    """What a call with a body takes, for its `openapi_extra`."""
    found: dict[str, Any] = {"parameters": [*([IDEMPOTENCY] if writes else []), *([IF_MATCH] if if_match else [])]}
    if model is None:
        return found
    shape = {"$ref": f"#/components/schemas/{model.__name__}"}
    content: dict[str, Any] = {JSON_TYPE: {"schema": shape}}
    if files:
        one = {"type": "string", "format": "binary"}
        parts = [part for part in JSON_PARTS if part in model.model_fields]
        content[FORM_TYPE] = {
            "schema": {
                "type": "object",
                "properties": {
                    **{part: {"type": "object"} for part in parts},
                    FILES_PART: {"type": "array", "items": one},
                },
                "required": [ANSWERS_PART],
            },
            "encoding": {part: {"contentType": JSON_TYPE} for part in parts},
        }
    return found | {"requestBody": {"required": bool(model.model_json_schema().get("required")), "content": content}}


def takes_file(description: str) -> dict[str, Any]:
    """A call that takes a file as it is, byte for byte."""
    return {
        "parameters": [IDEMPOTENCY],
        "requestBody": {
            "required": True,
            "description": description,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
    }
