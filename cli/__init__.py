"""The command line. Each command is a few lines over a room's function; what may go wrong is said in one sentence.

Exit codes: 0 it is so, 1 it is not (refused, differs, does not hold), 2 the command was not understood.
Settings come from the environment (docs/operating.md); the acting person is the system's own console.
"""

from cli import deadlines, definitions, load_sample, migration, office, people, records, worker
from cli.base import app

__all__ = ["app", "deadlines", "definitions", "load_sample", "migration", "office", "people", "records", "worker"]
