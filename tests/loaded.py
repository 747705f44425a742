"""What a process of the office loads, loaded once by the process from which the others are forked (tests/processes.py)."""

import gc

import cli
import storage.migrations.run
import web.app

__all__ = ["cli", "storage", "web"]
gc.freeze()  # or the first collection of each would copy every page of it
