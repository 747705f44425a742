"""Two doors that stood open: SQLite's INSERT OR REPLACE fires no delete trigger, and the head of a chain could go back.

REPLACE deletes the row in its way without firing DELETE triggers (SQLite documentation, "ON CONFLICT"), so a second event
under a number that exists is refused before it gets that far. A head only ever moves on; its key may be destroyed.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SENTENCE = "history is append-only"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER event_no_replace BEFORE INSERT ON event "
            "WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id OR (stream = NEW.stream AND seq = NEW.seq)) "
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        )
        op.execute(
            "CREATE TRIGGER stream_head_no_delete BEFORE DELETE ON stream_head "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
        op.execute(
            "CREATE TRIGGER stream_head_no_return BEFORE UPDATE ON stream_head "
            "WHEN NEW.seq < OLD.seq OR NEW.stream <> OLD.stream "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_head_return() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' OR NEW.seq < OLD.seq OR NEW.stream <> OLD.stream THEN "
        f"RAISE EXCEPTION '{SENTENCE}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER stream_head_moves_on BEFORE UPDATE OR DELETE ON stream_head "
        "FOR EACH ROW EXECUTE FUNCTION refuse_head_return()"
    )
    op.execute(
        "CREATE TRIGGER stream_head_no_truncate BEFORE TRUNCATE ON stream_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("event_no_replace", "stream_head_no_delete", "stream_head_no_return"):
            op.execute(f"DROP TRIGGER {trigger}")
        return
    op.execute("DROP TRIGGER stream_head_no_truncate ON stream_head")
    op.execute("DROP TRIGGER stream_head_moves_on ON stream_head")
    op.execute("DROP FUNCTION refuse_head_return")
