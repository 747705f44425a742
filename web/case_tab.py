"""A tab of the case page: the look is recorded first, and the file in short stands beside whatever the tab shows."""

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from cases.models import Case
from problems import Problem
from tasks import case_view, choosing, looks, task_view
from tasks.definition_words import Words
from tasks.definition_words import load as load_words
from tasks.spoken import names_in
from web.context import Look, looking
from web.problems import status_of
from web.rendering import render

Load = Callable[[Look, Case, Words, dict[str, str]], dict[str, Any]]


def show(request: Request, number: str, tab: str, load: Load, refused: Problem | None = None) -> Response:
    """Find the case, record the look, then read what the tab shows and the file in short beside it."""
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        looks.keep(look.office, look.reading, look.actor, case.id)
        words, names = load_words(look.reading), names_in(look.office, look.reading)
        brief = task_view.brief(look.office, look.reading, case, words, names)
        has_choices = brief.choices and not tab
        choices = choosing.of_case(look.office, look.reading, look.actor, case.id) if has_choices else []
        shown = {"choices": choices, "chosen": [], **load(look, case, words, names)}
    return render(
        request,
        f"case/{tab or 'dossier'}.html",
        status=status_of(refused) if refused else 200,
        brief=brief,
        tab=tab,
        refused=refused,
        **shown,
    )
