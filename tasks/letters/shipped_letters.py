"""The letters the project ships: published and taken into use at setup, as the other definitions are.

What a process manager changed since stays in use, with a newer shipped letter beside it as a draft; content that was once installed is
never installed again.
"""

from engine import definitions
from engine.vocabulary import Vocabulary
from storage.unit_of_work import UnitOfWork
from tasks.letters import letter_places, letter_texts
from tasks.letters.letter_texts import KIND
from tasks.office import Office


def install(office: Office, work: UnitOfWork, actor_id: str) -> int:
    """Publish and take into use what is new among the shipped letters; returns how many. The diagrams must be there before."""
    found, installed = letter_texts.shipped(office.letters_dir), 0
    new = [content for content in found.values() if not definitions.has_content(work, KIND, content)]
    known = frozenset(letter_places.known(work)) if new else frozenset()
    for content in new:
        made = definitions.publish(
            work,
            KIND,
            content,
            actor_id=actor_id,
            at=office.clock.now(),
            vocabulary=Vocabulary(),
            form_check=lambda written: letter_texts.check(written, known),
        )
        if definitions.is_from(work, made.definition, actor_id):
            definitions.activate(
                work, made.definition.id, actor_id=actor_id, at=office.clock.now(), second_person=False
            )
            installed += 1
    return installed
