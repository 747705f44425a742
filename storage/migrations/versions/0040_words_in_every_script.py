"""Words in every script: what the search looks in is made again, since until now every letter outside a-z was left out.

On PostgreSQL portion by portion, each committed by itself: no row is locked for longer than its portion, and an office that is served
meanwhile goes on. Stopped half-way it begins again, and passes by what is right already without writing it. What lies shut in a sealed
house, `ombudsflow setup` makes again, for it has the keys. The folding is that of `cases.folding` on the day of this file.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from alembic import context, op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

PORTION, LONGEST, SHUT = 1_000, 25_000, "\x02"
SAID_EVERY = 50 * PORTION
TOLD = ("complaint.services", "complaint.narrative", "complaint.desired_outcome")
PLAIN = {**dict(zip("øłđðæœıħ", ("o", "l", "d", "d", "ae", "oe", "i", "h"), strict=True)), "þ": "th", "ـ": "", "ʼ": " "}
CASES = sa.text(
    'SELECT id, number, subject, complainant_name, authority_name, search_text FROM "case" WHERE id > :last AND NOT EXISTS '
    '(SELECT 1 FROM erasure WHERE erasure.case_id = "case".id) ORDER BY id LIMIT :many'
)
FACTS = sa.text(
    "SELECT case_id, name, value FROM fact WHERE case_id BETWEEN :first AND :last AND replaced_at IS NULL AND name IN :told"
).bindparams(sa.bindparam("told", expanding=True))
SUMMARIES = sa.text(
    "SELECT id, title, text, authority, search_text FROM case_summary WHERE id > :last ORDER BY id LIMIT :many"
)
# Who changed a case meanwhile has written its words already, and better.
ONE = 'UPDATE "{}" SET search_text = :words WHERE id = :id AND search_text = :former'
MANY = (
    'UPDATE "{0}" SET search_text = made.words FROM unnest(CAST(:ids AS bigint[]), CAST(:words AS text[]), '
    'CAST(:formers AS text[])) AS made(id, words, former) WHERE "{0}".id = made.id AND "{0}".search_text = made.former'
)
Change = dict[str, object]


class _Folds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        sign = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        self[code] = "".join(map(_folded, sign))
        return self[code]


FOLDS = _Folds()


def _folded(sign: str) -> str:
    if sign in PLAIN:
        return PLAIN[sign]
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    return "" if kind[0] == "M" or kind == "Cf" else sign if kind[0] in "LN" else " "


def _normal(text: str) -> str:
    return " ".join(text.translate(FOLDS).split())


def _number_words(number: str) -> str:
    _, _, within = number.partition("-")
    short = within.lstrip("0")
    return within if short in ("", within) else f"{within} {short}"


def _of_cases(connection: sa.Connection, rows: list[sa.Row[tuple[str, ...]]]) -> Iterable[Change]:
    known: dict[int, dict[str, object]] = defaultdict(dict)
    for case_id, name, value in connection.execute(
        FACTS, {"first": rows[0].id, "last": rows[-1].id, "told": list(TOLD)}
    ):
        known[case_id][name] = None if value is None or SHUT in value else json.loads(value)
    for row in rows:
        told = " ".join(str(known[row.id].get(name) or "") for name in TOLD)
        words = _normal(f"{row.subject} {row.complainant_name} {row.authority_name} {told}")
        yield _change(row, f"{_number_words(row.number)} {words}"[:LONGEST].rstrip())


def _of_summaries(connection: sa.Connection, rows: list[sa.Row[tuple[str, ...]]]) -> Iterable[Change]:
    for row in rows:
        yield _change(row, _normal(f"{row.title} {row.text} {row.authority or ''}"))


def _change(row: sa.Row[tuple[str, ...]], words: str) -> Change:
    return {"id": row.id, "words": words, "former": row.search_text}


def _made_again(
    connection: sa.Connection,
    table: str,
    query: sa.TextClause,
    made: Callable[[sa.Connection, list[sa.Row[tuple[str, ...]]]], Iterable[Change]],
) -> None:
    say, last, seen = context.config.attributes.get("say"), 0, 0
    while rows := list(connection.execute(query, {"last": last, "many": PORTION})):
        is_open = [each for each in made(connection, rows) if SHUT not in str(each["former"])]
        if changes := [each for each in is_open if each["words"] != each["former"]]:
            _write(connection, table, changes)
        last, seen = rows[-1].id, seen + len(rows)
        if say and seen % SAID_EVERY == 0:
            say(f"  {seen:,} {table} rows")


def _write(connection: sa.Connection, table: str, changes: list[Change]) -> None:
    if connection.dialect.name == "postgresql":  # one statement, so one transaction
        columns = {f"{name}s" if name != "words" else name: [each[name] for each in changes] for name in changes[0]}
        connection.execute(sa.text(MANY.format(table)), columns)
    else:
        connection.execute(sa.text(ONE.format(table)), changes)


def _all(connection: sa.Connection) -> None:
    _made_again(connection, "case", CASES, _of_cases)
    _made_again(connection, "case_summary", SUMMARIES, _of_summaries)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.scalar(sa.text('SELECT 1 FROM "case" LIMIT 1')) is None:
        return
    if connection.dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            _all(op.get_bind())
    else:
        _all(connection)


def downgrade() -> None:
    """Words in every script do no harm to what only looks for a-z."""
