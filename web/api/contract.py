"""The API's own description: OpenAPI 3.1 for programs, and the same as a plain page for people. Both are made from the routes."""

from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.routing import BaseRoute

from web.api import (
    asked,
    cases,
    complaints,
    definitions,
    forms,
    history,
    jobs,
    links,
    messages,
    operations,
    processes,
    tokens,
    user_tasks,
)
from web.api.frame import PREFIX
from web.rendering import render

VERSION = "1.0"
PARTS = (
    user_tasks,  # first: routes are tried in this order, and these are called most
    complaints,
    cases,
    forms,
    links,
    history,
    definitions,
    jobs,
    messages,
    processes,
    operations,
    tokens,
)
SENT: tuple[type[BaseModel], ...] = (
    asked.Answers,
    asked.Completion,
    asked.Draft,
    asked.OnBehalf,
    asked.StaffCompletion,
    asked.StaffDraft,
    asked.Delegation,
    asked.ChosenSteps,
    asked.Nothing,
    asked.DecisionContext,
    asked.Mending,
    asked.NewToken,
    jobs.JobRequest,
    jobs.JobCompletion,
    jobs.JobFailure,
    jobs.JobError,
    jobs.JobExtension,
    processes.Reason,
    processes.Move,
    processes.Correction,
    messages.NewMessage,
    messages.NewSignal,
    messages.NewState,
)
ABOUT = (
    "The same verbs as the pages, for programs. A call carries a bearer token; what the token's roles may do is one table "
    "(identity/permissions.py). A writing call may carry an Idempotency-Key: sent again, it is done once and answered again. "
    "Refusals are RFC 9457 problems with a Dutch sentence in the field detail. Cookies are not looked at."
)

router = APIRouter(prefix=PREFIX)
# Not included in one another: FastAPI would look for each address twice at every step.
ROUTERS = (*(part.router for part in PARTS), router)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    made = get_openapi(
        title="Ombudsflow API", version=VERSION, openapi_version="3.1.0", description=ABOUT, routes=_routes()
    )
    shapes = made["components"]["schemas"]
    for model in SENT:
        shape = model.model_json_schema(ref_template="#/components/schemas/{model}")
        shape.pop("$defs", None)  # each stands under its own name
        shapes[model.__name__] = shape
    made["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"bearer": []}]
    for path, by_method in made["paths"].items():
        for operation in by_method.values():
            _finish(path, operation)
    for unused in ("HTTPValidationError", "ValidationError"):
        shapes.pop(unused, None)
    return made


def _finish(path: str, operation: dict[str, Any]) -> None:
    """Problems have a media type of their own; a link is its own credential."""
    operation["operationId"] = operation["operationId"].split("_api_v1_")[0]
    if "/links/" in path:
        operation["security"] = []
    for status, described in operation["responses"].items():
        if int(status) >= 400 and "content" in described:
            described["content"] = {"application/problem+json": described["content"]["application/json"]}


def _routes() -> list[BaseRoute]:
    return [route for each in ROUTERS for route in each.routes]


@router.get("/openapi.json", include_in_schema=False)
def openapi() -> dict[str, Any]:
    """The description for programs; no token needed."""
    return document()


@router.get("/docs", include_in_schema=False)
def read_docs(request: Request) -> Response:
    """The description for people."""
    operations = [
        (method.upper(), path, operation)
        for path, by_method in document()["paths"].items()
        for method, operation in by_method.items()
    ]
    return render(
        request, "api/docs.html", about=ABOUT, operations=operations, shapes=document()["components"]["schemas"]
    )
