"""A statement is put into words once per process, whichever database of a kind it goes to.

SQLAlchemy keeps the words per engine. A process that serves has one; each playing of scenarios has a database of its own, as each
test has, and half of its time went into the same words again.
"""

from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.util import LRUCache

_WORDS: LRUCache[Any, Any] = LRUCache(2000)  # statements, of all kinds of databases together
_SPOKEN: dict[URL, Dialect] = {}


def share(engine: Engine) -> Engine:
    """The same engine; it says what others on the same server said before it in the same words."""
    server = engine.url.set(database="")
    engine.update_execution_options(compiled_cache=_WORDS)
    if known := _SPOKEN.get(server):
        engine.dialect = known
        return engine
    own = engine.dialect

    @event.listens_for(engine, "connect", once=True)
    def _knows_its_server(_connection: Any, _record: Any) -> None:
        _SPOKEN.setdefault(server, own)  # SQLAlchemy asked the server what it can, just before this

    return engine
