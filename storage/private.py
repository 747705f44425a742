"""Columns that lie shut in the database of a house that wants it so, each value under the key of the case it belongs to.

In an ordinary database these are plain text and JSON, at no cost: the types ask once per statement whether there is a vault. In one with
a vault (`Database.seal`) what is written is `\\x02owner:ciphertext`; whose it is, the row says (`PrivateRow`), or, for statements straight on
a table, `owned`. What says nothing goes under the key of the house. Such columns can be neither searched nor sorted by the database.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ClauseElement, Connection, Dialect, String, Text, event, update
from sqlalchemy.orm import Mapper, Session, object_session
from sqlalchemy.types import TypeDecorator, TypeEngine

MARK, HOUSE, VAULT = "\x02", "house", "vault"
GONE = "(vernietigd)"
_LEAVING = "cases whose key is about to be destroyed"
_AS_STORED: ContextVar[bool] = ContextVar("values are taken as they are stored", default=False)


class Vault(Protocol):
    """What shuts and opens values; `owner` is whose key, such as `case:12`."""

    def shut(self, owner: str, text: str) -> str: ...
    def open(self, owner: str, shut: str) -> str: ...
    def has(self, owner: str) -> bool: ...
    def destroy(self, owner: str) -> None: ...


@dataclass(frozen=True)
class Owned:
    """A value on its way to a column, and whose it is. Only in a database with a vault."""

    owner: str
    value: Any


def vault_of(dialect: Dialect) -> Vault | None:
    """The vault of a database; None in an ordinary one."""
    return getattr(dialect, VAULT, None)


def is_sealed(session: Session) -> bool:
    """True where the database cannot read what it keeps."""
    return vault_of(session.get_bind().dialect) is not None


def owned(session: Session, case_id: int | None, value: Any) -> Any:
    """The value as a statement straight on a table must give it; in an ordinary database the value itself."""
    return Owned(_owner(session, case_id), value) if is_sealed(session) else value


def let_go(session: Session, case_id: int) -> str:
    """What is written of this case in the rest of this transaction goes under the house's key. Gives the owner of the key that can be destroyed."""
    own = _owner(session, case_id)
    session.info.setdefault(_LEAVING, set()).add(case_id)
    return own


def owner_of(case_id: int | None) -> str:
    """Whose key shuts what belongs to this case, or to none."""
    return HOUSE if case_id is None else f"case:{case_id}"


def _owner(session: Session | None, case_id: int | None) -> str:
    is_leaving = session is not None and case_id in session.info.get(_LEAVING, ())
    return HOUSE if is_leaving else owner_of(case_id)


@contextmanager
def as_stored() -> Iterator[None]:
    """Read values as they lie there, shut: for copies, and to find what is not shut yet."""
    token = _AS_STORED.set(True)
    try:
        yield
    finally:
        _AS_STORED.reset(token)


def is_shut(stored: object) -> bool:
    """True for what a vault made."""
    return isinstance(stored, str) and stored.startswith(MARK)


def _shut(vault: Vault, value: Any, write: Callable[[Any], str]) -> str:
    owner, plain = (value.owner, value.value) if isinstance(value, Owned) else (HOUSE, value)
    return f"{MARK}{owner}\x02{vault.shut(owner, write(plain))}"


def _opened(vault: Vault, stored: str) -> str | None:
    """None when the key is destroyed: the row stays readable."""
    _, owner, shut = stored.split(MARK, 2)
    return vault.open(owner, shut) if vault.has(owner) else None


def _said(value: Any) -> bool:
    """False for nothing and for the empty text, which tell nothing and stay as they are."""
    return value not in (None, "") and not (isinstance(value, Owned) and value.value in (None, ""))


class PrivateText(TypeDecorator[str]):
    """Text that a vault shuts. `length` is what SQLite was told at first; shut text is longer, so PostgreSQL gets no limit."""

    impl = Text
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__()
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return String(self.length) if dialect.name == "sqlite" and self.length else Text()

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        vault = vault_of(dialect)
        if vault is None:
            return None
        return lambda value: _shut(vault, value, str) if _said(value) else _bare(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        vault = vault_of(dialect)
        if vault is None:
            return None
        return lambda stored: _text(vault, stored)


class PrivateJson(TypeDecorator[Any]):
    """JSON in TEXT with its order kept (`JsonText`); shut, it is the JSON of one shut text."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        vault = vault_of(dialect)
        if vault is None:
            return lambda value: None if value is None else _json(value)
        return lambda value: _json(_shut(vault, value, _json)) if _said(value) else _bare(value, _json)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        vault = vault_of(dialect)
        if vault is None:
            return lambda stored: None if stored is None else json.loads(stored)
        return lambda stored: None if stored is None else _read(vault, json.loads(stored))


def _text(vault: Vault, stored: Any) -> Any:
    if not is_shut(stored) or _AS_STORED.get():
        return stored
    opened = _opened(vault, stored)
    return GONE if opened is None else opened


def _read(vault: Vault, value: Any) -> Any:
    if not is_shut(value) or _AS_STORED.get():
        return value
    opened = _opened(vault, value)
    return None if opened is None else json.loads(opened)


def _bare(value: Any, write: Callable[[Any], Any] = lambda plain: plain) -> Any:
    plain = value.value if isinstance(value, Owned) else value
    return None if plain is None else write(plain)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class PrivateRow:
    """A row with private columns; of which case, it says itself."""

    def private_case(self) -> int | None:
        """The case whose key shuts it. None is the house's key."""
        return getattr(self, "case_id", None)

    def is_case(self) -> bool:
        """True for the case itself, which has no number before it is written."""
        return False


@cache
def private_columns(mapper: Mapper[Any]) -> tuple[str, ...]:
    """The attributes of a kind of row that a vault shuts."""
    kinds = (PrivateText, PrivateJson)
    return tuple(each.key for each in mapper.column_attrs if isinstance(each.columns[0].type, kinds))


def _shut_row(mapper: Mapper[Any], connection: Connection, row: PrivateRow) -> None:
    """Give each private value its owner, for the moment in which it is written."""
    if vault_of(connection.dialect) is None:
        return
    owner, values = _owner(object_session(row), row.private_case()), vars(row)
    is_unknown = row.is_case() and row.private_case() is None
    for name in private_columns(mapper):
        value = values.get(name)
        if value is None or isinstance(value, ClauseElement | Owned):
            continue
        values[name] = Owned(owner, "") if is_unknown else Owned(owner, value)
        if is_unknown:
            values.setdefault("_shut_later", {})[name] = value


def _plain_again(mapper: Mapper[Any], connection: Connection, row: PrivateRow) -> None:
    """The row in memory is as it was; a case that had no number yet is written again, under its own key."""
    values = vars(row)
    if vault_of(connection.dialect) is None:
        return
    later: dict[str, Any] = values.pop("_shut_later", {})
    if later:
        mine = {name: Owned(_owner(None, row.private_case()), value) for name, value in later.items()}
        table: Any = mapper.local_table
        connection.execute(update(table).where(table.c.id == values["id"]).values(mine))
    for name in private_columns(mapper):
        if isinstance(values.get(name), Owned):
            values[name] = later.get(name, values[name].value)


for _moment in ("before_insert", "before_update"):
    event.listen(PrivateRow, _moment, _shut_row, propagate=True)
for _moment in ("after_insert", "after_update"):
    event.listen(PrivateRow, _moment, _plain_again, propagate=True)
