"""yearly figures and network"""

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("called_off_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "attendance",
        sa.Column(
            "meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("is_coming", sa.Boolean(), nullable=False),
        sa.Column("answered_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_attendance_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id_person")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "contribution",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("about_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("written_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint("(kind = 'answer') = (about_id IS NOT NULL)", name=op.f("ck_contribution_about")),
        sa.CheckConstraint("kind IN ('practice', 'question', 'answer')", name=op.f("ck_contribution_kind")),
        sa.ForeignKeyConstraint(["about_id"], ["contribution.id"], name=op.f("fk_contribution_about_id_contribution")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contribution_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_about_id"), ["about_id"], unique=False)
        batch_op.create_index("ix_contribution_kind", ["kind", "id"], unique=False)

    op.create_table(
        "first_line_report",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("authority_key", sa.String(length=100), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_first_line_report_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_line_report")),
        sa.UniqueConstraint("year", "authority_key", name=op.f("uq_first_line_report_year_authority_key")),
    )
    with op.batch_alter_table("first_line_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_first_line_report_case_id"), ["case_id"], unique=False)

    op.create_table(
        "network_member",
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("job_title", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("calendar_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_network_member_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_network_member")),
        sa.UniqueConstraint("calendar_hash", name=op.f("uq_network_member_calendar_hash")),
    )


def downgrade() -> None:
    op.drop_table("network_member")
    with op.batch_alter_table("first_line_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_first_line_report_case_id"))

    op.drop_table("first_line_report")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index("ix_contribution_kind")
        batch_op.drop_index(batch_op.f("ix_contribution_about_id"))

    op.drop_table("contribution")
    op.drop_table("attendance")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_starts_at"))

    op.drop_table("meeting")
