"""What a compiled FEEL condition costs, beside the same condition in Python; `python -m tests.load.bench_feel` prints it.

Rounds are short and take turns, and the least of each counts: what comes on top of it is other work of the machine.
"""

import json
import sys
import timeit
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import feel

_Call = Callable[[Mapping[str, Any]], Any]
CONDITION = "admissible and amount > 10"
REACH = {"feel_condition_us": 5.0, "feel_to_python": 10.0}  # at most
_CALLS, _ROUNDS = 2_000, 60
_VARIABLES: dict[str, Any] = {
    "admissible": True,
    "amount": 12,
    "refund": Decimal("12.50"),
    "subject": "klacht over een premie",
    "grievances": [{"topic": "delay", "days": days} for days in range(20)],
    **{f"variable_{number}": number for number in range(30)},
}


def measure() -> dict[str, float]:
    """Microseconds of each, and `feel_to_python`: how many times the same expression in Python the condition takes."""
    found = _microseconds(
        {
            "feel_condition_us": feel.compile(CONDITION).evaluate,
            "python_condition_us": _in_python,
            "feel_decimal_us": feel.compile("refund * 1.21 > 10 and admissible").evaluate,
            "feel_text_us": feel.compile('contains(lower case(subject), "premie")').evaluate,
        },
        _CALLS,
    )
    slower: dict[str, _Call] = {
        "feel_filter_of_20_us": feel.compile("count(grievances[days > 10])").evaluate,
        "feel_compile_us": lambda _variables: feel.compile(CONDITION),
    }
    found |= _microseconds(slower, _CALLS // 40)
    return {**found, "feel_to_python": found["feel_condition_us"] / found["python_condition_us"]}


def _in_python(variables: Mapping[str, Any]) -> Any:
    return variables["admissible"] and variables["amount"] > 10


def _microseconds(each: Mapping[str, _Call], calls: int) -> dict[str, float]:
    least = dict.fromkeys(each, float("inf"))
    for _ in range(_ROUNDS):
        for name, call in each.items():
            least[name] = min(least[name], timeit.timeit(partial(call, _VARIABLES), number=calls))
    return {name: seconds / calls * 1_000_000 for name, seconds in least.items()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps({name: round(value, 3) for name, value in measure().items()}, indent=2) + "\n")
