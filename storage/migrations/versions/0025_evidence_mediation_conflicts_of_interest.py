"""Evidence with whom it was told to, the record of a mediation, and who must stay out of a case."""

import sqlalchemy as sa
from alembic import op

import storage.base

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conflict_of_interest",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("declared_by", sa.String(length=80), nullable=False),
        sa.Column("declared_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=80), nullable=True),
        sa.Column("lifted_at", storage.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lifted_because", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_conflict_of_interest_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
    )
    with op.batch_alter_table("conflict_of_interest", schema=None) as batch_op:
        batch_op.create_index("ix_conflict_of_interest_case", ["case_id"], unique=False)
        batch_op.create_index("ix_conflict_of_interest_person", ["person", "lifted_at", "case_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("obtained_on", sa.Date(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "confidentiality IN ('open', 'internal', 'confidential')", name=op.f("ck_evidence_confidentiality")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_evidence_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_evidence_case_id_number")),
    )
    op.create_table(
        "mediation_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.Column("noted_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('position', 'contact', 'note')", name=op.f("ck_mediation_note_kind")),
        sa.CheckConstraint("party IN ('', 'complainant', 'authority')", name=op.f("ck_mediation_note_party")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_mediation_note_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_note")),
    )
    with op.batch_alter_table("mediation_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mediation_note_case_id"), ["case_id"], unique=False)

    op.create_table(
        "evidence_disclosure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("evidence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("party", sa.String(length=20), nullable=False),
        sa.Column("disclosed_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.Column("noted_at", storage.base.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("party IN ('complainant', 'authority')", name=op.f("ck_evidence_disclosure_party")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_disclosure_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_disclosure")),
    )
    with op.batch_alter_table("evidence_disclosure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_disclosure_evidence_id"), ["evidence_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("evidence_disclosure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_disclosure_evidence_id"))

    op.drop_table("evidence_disclosure")
    with op.batch_alter_table("mediation_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mediation_note_case_id"))

    op.drop_table("mediation_note")
    op.drop_table("evidence")
    with op.batch_alter_table("conflict_of_interest", schema=None) as batch_op:
        batch_op.drop_index("ix_conflict_of_interest_person")
        batch_op.drop_index("ix_conflict_of_interest_case")

    op.drop_table("conflict_of_interest")
