"""Only for `make bench`, present only with OMBUDSFLOW_BENCH=1: what a request costs the database, and what it costs at least.

Each answer says in X-Bench-Shape which statements its request ran, in order: `s` a select, `i5` an insert of five rows, `u1` an
update of one, `d0` a delete that found nothing, `c` a commit. `/bench/bare` runs any such shape on plain rows of the same database
behind the same server, with nothing else, as a plain route of this application would write them (SQLAlchemy Core, no objects): what
remains is the price of forms, engine, worklist and history.
"""

import random
import re
from contextvars import ContextVar
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from problems import Invalid
from tasks.office import Office
from web.context import office_of

HEADER = b"x-bench-shape"
ROWS, TEXT = 2000, "x" * 300
# Row counts of the tables a case grows in; a throw-away table of our own stays out of the migrations.
BARE = Table(
    "bench_row",
    MetaData(),
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True),
    Column("content", Text),
)
LETTERS = {"SELECT": "s", "INSERT": "i", "UPDATE": "u", "DELETE": "d"}
_shape: ContextVar[list[str] | None] = ContextVar("shape of this request", default=None)
router = APIRouter(prefix="/bench")


class ShapeNotUnderstood(Invalid):
    """Een vorm is een reeks van s, i, u en d met een aantal rijen, zoals s,s,i5,u1."""


class Shapes:
    """Tells each answer which statements its request ran."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ran: list[str] = []
        _shape.set(ran)

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (HEADER, ",".join(ran).encode())]
            await send(message)

        await self.app(scope, receive, tell)


def install(app: FastAPI, office: Office) -> None:
    """Add the routes, the counting, and the rows that the bare route works on."""
    app.include_router(router)
    app.add_middleware(Shapes)
    _count(office.database.engine)
    with office.database.work() as work:
        BARE.create(work.session.connection(), checkfirst=True)
        if not work.session.scalar(select(func.count()).select_from(BARE)):
            work.session.execute(insert(BARE), [{"content": TEXT} for _ in range(ROWS)])


def _count(engine: Engine) -> None:
    @event.listens_for(engine, "after_cursor_execute")
    def _ran(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        ran, letter = _shape.get(), LETTERS.get(statement.lstrip()[:6].upper())
        if ran is not None and letter:
            ran.append(letter if letter == "s" else f"{letter}{max(cursor.rowcount, 0)}")

    @event.listens_for(engine, "commit")
    def _committed(_connection: Any) -> None:
        ran = _shape.get()
        if ran is not None:
            ran.append("c")


@router.post("/bare")
def bare(request: Request, shape: str) -> Response:
    """The given statements on rows picked at random, and one commit."""
    steps = [re.fullmatch(r"([siud])(\d{0,3})", step) for step in shape.split(",") if step != "c"]
    with office_of(request).database.work() as work:
        for step in steps:
            if step is None:
                raise ShapeNotUnderstood(errors=[{"field": "shape", "message": ShapeNotUnderstood().sentence}])
            _run(work.session, step[1], int(step[2] or 1))
    return JSONResponse({"statements": len(steps)})


def _run(session: Any, kind: str, rows: int) -> None:
    chosen = random.randint(1, ROWS)  # noqa: S311  # spreads the rows, keeps no secret
    if kind == "s":
        session.execute(select(BARE).where(BARE.c.id == chosen)).first()
    elif kind == "i":
        session.execute(insert(BARE), [{"content": TEXT} for _ in range(rows)])
    elif kind == "u":
        session.execute(update(BARE).where(BARE.c.id == chosen).values(content=TEXT))
    else:
        session.execute(delete(BARE).where(BARE.c.id == -1))
