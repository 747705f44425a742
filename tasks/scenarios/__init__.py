"""Scenarios: complaints from a file, played on the real office and compared with what a correct handling gives."""

from tasks.scenarios.runner import Outcome, run
from tasks.scenarios.schedule import play, play_all

__all__ = ["Outcome", "play", "play_all", "run"]
