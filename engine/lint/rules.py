"""All rules, in rounds: a later round reads a diagram that the earlier ones found to hang together."""

from collections.abc import Callable, Iterator

from engine.findings import Finding
from engine.lint import (
    activities,
    concurrency,
    dead_condition,
    default_flow,
    due_date,
    duplicate_name,
    events,
    expressions,
    feel_types,
    implicit_split,
    job_headers,
    last_day,
    missing_name,
    references,
    snake_case,
    soundness,
    structure,
    task_form,
    task_role,
    unreachable,
    unset_variable,
    unused_variable,
    wait_without_timer,
)
from engine.lint.diagram import Diagram

Rule = Callable[[Diagram], Iterator[Finding]]
ROUNDS: tuple[tuple[Rule, ...], ...] = (
    (structure.check,),
    (events.check, activities.check),
    (references.check, expressions.check, job_headers.check, task_form.check, task_role.check),
    (
        soundness.check,
        unreachable.check,
        concurrency.check,
        default_flow.check,
        dead_condition.check,
        feel_types.check,
        implicit_split.check,
        wait_without_timer.check,
        due_date.check,
        last_day.check,
        unset_variable.check,
        unused_variable.check,
        missing_name.check,
        duplicate_name.check,
        snake_case.check,
    ),
)
