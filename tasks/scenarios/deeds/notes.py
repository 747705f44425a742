"""What happens by itself, or outside the system and is only written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from identity.roles import COMPLAINANT
from tasks.scenarios import deed_words
from tasks.scenarios.records import Act

if TYPE_CHECKING:
    from tasks.scenarios.player import Player


def by_itself(player: Player, act: Act) -> bool:
    """The office or the passing of time does this."""
    return True


def is_noted(player: Player, act: Act) -> bool:
    """Somebody did something outside the system; it stands on the file."""
    words, told = deed_words.of(act.does), act.told
    return player.scene.notes(f"{words}: {told}" if told else words)


def complainant_notes(player: Player, act: Act) -> bool:
    return player.scene.notes(act.text("text", "reason", "to"), COMPLAINANT)
