"""How many examples a property is tried with: a share in every run of the tests, all of them with `make thorough`.

The heavy properties build and run whole models; their examples are drawn anew each time, so many short runs see as much as a long one.
"""

import os

IS_THOROUGH = os.environ.get("OMBUDSFLOW_THOROUGH", "") == "1"


def examples(most: int) -> int:
    """A third of them, or all."""
    return most if IS_THOROUGH else max(most // 3, 10)
