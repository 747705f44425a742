"""Which authorities cases are about, to filter on: found by jumping through an index from one key to the next.

There are hundreds of authorities and a million cases; asking for the distinct ones would read every case.
"""

from collections.abc import Sequence

from sqlalchemy import func, select

from cases.models import Case
from storage.unit_of_work import Reading


def of_all_cases(reading: Reading) -> Sequence[tuple[str, str]]:
    """Key and name of every authority a case is about, by name; the name as its newest case has it."""
    keys = select(func.min(Case.authority_key).label("key")).cte("keys", recursive=True)
    following = select(func.min(Case.authority_key)).where(Case.authority_key > keys.c.key).scalar_subquery()
    keys = keys.union_all(select(following).where(keys.c.key.isnot(None)))
    newest = (
        select(Case.authority_name)
        .where(Case.authority_key == keys.c.key)
        .order_by(Case.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = reading.session.execute(select(keys.c.key, newest).where(keys.c.key.isnot(None)))
    return sorted(((str(key), str(name)) for key, name in found), key=lambda pair: (pair[1], pair[0]))


def of_open_cases(reading: Reading) -> Sequence[tuple[str, str]]:
    """The same for the cases that are open: these are few, and have an index of their own."""
    query = (
        select(Case.authority_key, func.max(Case.authority_name))
        .where(Case.closed_at.is_(None), Case.authority_key.isnot(None))
        .group_by(Case.authority_key)
    )
    found = reading.session.execute(query)
    return sorted(((str(key), str(name)) for key, name in found), key=lambda pair: (pair[1], pair[0]))
