"""The web application over an office: routers, answers to refusals, static files, headers.

Each screen family is a module with a `router`; adding one is a line in ROUTERS.
"""

from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.routing import BaseRoute, Mount

from tasks.office import Office
from web import account, first_steps, home, kept, problems
from web.api import contract
from web.arriving.bodies import Bodies
from web.at_services import first_line, first_line_reports, network
from web.case_file import (
    beside,
    case,
    conflicts,
    evidence,
    intervening,
    keeping,
    letters_on_paper,
    mediation,
    together,
    transfers,
)
from web.citizens import citizen, citizen_case, links, signpost, survey
from web.citizens.per_address import Senders
from web.operating import health, incidents, operations, processes, running, staffing
from web.precedence import PeopleFirst
from web.rendering import ASSETS
from web.replaying import replay
from web.reporting import annual_report, clusters, consistency, open_data, public_report, recommendations, summaries
from web.reports_house import reports, taking_over
from web.reports_house.guesses import Guesses
from web.security import SecureAnswers
from web.studio import (
    studio_deadlines,
    studio_definition,
    studio_editor,
    studio_front,
    studio_migration,
    studio_reference,
    studio_scenarios,
)
from web.text import UnfitAddress
from web.watched import Answered, Watched
from web.work import phone, user_task, worklist

ROUTERS: tuple[APIRouter, ...] = (
    *contract.ROUTERS,  # first: routes are tried in this order, and programs call most
    health.router,
    staffing.router,
    operations.router,
    running.router,
    incidents.router,
    processes.router,
    phone.router,
    case.router,
    together.router,
    beside.router,
    transfers.router,
    keeping.router,
    conflicts.router,
    intervening.router,
    evidence.router,
    mediation.router,
    home.router,
    first_line.router,
    signpost.router,
    citizen.router,
    citizen_case.router,
    links.router,
    user_task.router,
    worklist.router,
    account.router,
    first_steps.router,
    annual_report.router,
    public_report.router,
    open_data.router,
    letters_on_paper.router,
    recommendations.router,
    summaries.router,
    survey.router,
    first_line_reports.router,
    network.router,
    clusters.router,
    consistency.router,
    replay.router,
    studio_front.router,
    studio_deadlines.router,
    studio_reference.router,
    studio_scenarios.router,
    studio_migration.router,
    studio_editor.router,
    studio_definition.router,
)
# The reports house has the pages that its officers work with, and those of who reports: no studio, no figures, no programs.
REPORTS_ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    staffing.router,
    operations.router,
    incidents.router,
    case.router,
    keeping.router,
    reports.router,
    taking_over.router,
    user_task.router,
    worklist.router,
    account.router,
    first_steps.router,
)
YEAR = "public, max-age=31536000, immutable"


class Assets(StaticFiles):
    """Our own files; an address with a version may be kept for ever."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        answer: Response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        scope = args[2] if len(args) > 2 else kwargs.get("scope")
        versioned = isinstance(scope, dict) and scope.get("query_string", b"").startswith(b"v=")
        answer.headers["Cache-Control"] = YEAR if versioned else "no-cache"
        return answer


@cache
def _routes(is_sealed: bool) -> tuple[BaseRoute, ...]:
    """Every address of a house, made once per process: nothing of an office is in it, and FastAPI takes a seventh of a second for it."""
    routers = REPORTS_ROUTERS if is_sealed else ROUTERS
    # As they are, not included in one more router: FastAPI would look for each address twice, and through all of them.
    pages = (route for router in routers for route in router.routes)
    return (UnfitAddress(), *pages, Mount("/static", Assets(directory=ASSETS), name="static"))


def build(office: Office) -> FastAPI:
    """The application. It starts no clock; service.py does."""
    app = FastAPI(
        title="Ombudsflow",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=[*_routes(office.house.is_sealed)],
    )
    app.state.office, app.state.senders, app.state.guesses = office, Senders(), Guesses()
    problems.install(app)
    kept.install(app)
    # The last one is the outermost.
    app.add_middleware(Bodies)
    app.add_middleware(Answered)
    app.add_middleware(SecureAnswers, referrer="no-referrer" if office.house.is_sealed else "same-origin")
    app.add_middleware(Watched)
    app.add_middleware(PeopleFirst, precedence=office.precedence)
    return app
