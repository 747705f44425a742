"""A tab of the case page: the look is recorded first, and the file in short stands beside whatever the tab shows.

Most tabs hold a list and a form to add to it (`FormTab`): refused, the tab comes again with every answer; done, it is shown anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from cases.models import Case
from problems import Conflict, Forbidden, Invalid, NotFound, Problem, Unavailable
from tasks import sight
from tasks.case_file import case_view, looks, task_view
from tasks.case_file.spoken import names_in
from tasks.studio.definition_words import Words
from tasks.studio.definition_words import load as load_words
from tasks.treatment import choosing
from web.context import Act, FormBody, Look, NotLoggedIn, RequestNotOurs, acting, looking
from web.kept import kept_page
from web.problems import status_of
from web.rendering import render

Load = Callable[[Look, Case, Words, dict[str, str]], dict[str, Any]]
# What a form asks; gives where to go when that is not the tab itself.
Command = Callable[[Act, Case], object]


def show(request: Request, number: str, tab: str, load: Load, refused: Problem | None = None) -> Response:
    """Find the case, record the look, then read what the tab shows and the file in short beside it."""
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        looks.keep(look.office, look.reading, look.actor, case.id)
        words, names = load_words(look.reading), names_in(look.office, look.reading)
        brief = task_view.brief(look.office, look.reading, case, words, names)
        has_choices = brief.choices and not tab
        choices = choosing.of_case(look.office, look.reading, look.actor, case.id) if has_choices else []
        may, only_reads = sight.permits(look.actor, case), sight.is_read_only(look.actor, case)
        shown = {"choices": choices, "chosen": [], **load(look, case, words, names)}
    return render(
        request,
        f"case/{tab or 'dossier'}.html",
        status=status_of(refused) if refused else 200,
        brief=brief,
        tab=tab,
        may=may,
        only_reads=only_reads,
        refused=refused,
        **shown,
    )


def done(
    request: Request, number: str, tab: str, body: FormBody, command: Command, again: Callable[[Problem], Response]
) -> Response:
    """Do what a form of this tab asks. `again` shows the tab with why it was refused."""
    try:
        with acting(request, body) as act:
            there = command(act, case_view.find(act.work, act.actor, number))
    except (Unavailable, NotLoggedIn, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden, NotFound) as refused:
        return again(refused)
    return RedirectResponse(there if isinstance(there, str) else f"/dossiers/{number}/{tab}", 303)


@dataclass(frozen=True)
class FormTab:
    """A tab with a list and forms. The template gets what `load` gives, the fields as `typed` and the names of the `wrong` ones."""

    tab: str
    fields: Sequence[str]
    load: Load

    def page(
        self, request: Request, number: str, body: FormBody | None = None, refused: Problem | None = None
    ) -> Response:
        """The tab as it stands, with what somebody typed when it was refused."""
        typed = {name: body.text(name) if body else "" for name in self.fields}
        wrong = {each["field"] for each in refused.errors} if isinstance(refused, Invalid) else set()

        def load(look: Look, case: Case, words: Words, names: dict[str, str]) -> dict[str, Any]:
            return {"typed": typed, "wrong": wrong, **self.load(look, case, words, names)}

        return show(request, number, self.tab, load, refused)

    def write(self, request: Request, number: str, body: FormBody, command: Command) -> Response:
        """Do what the form asks, and show the tab anew."""
        return done(request, number, self.tab, body, command, lambda refused: self.page(request, number, body, refused))
