"""Evidence from before minutes were read again stays as it was; a proposal is agreed on only when both accepted it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import CASE, migrate

EVIDENCE = (
    "INSERT INTO evidence (id, case_id, number, kind, source, obtained_on, description, confidentiality, added_by, added_at) "
    "VALUES (1, 1, 1, 'hearing', 'Een chauffeur', '2026-01-05', 'De automaat stond uit.', 'open', 'person:1', "
    "'2026-01-05 09:00:00')"
)
AGREED = {
    "case_id": 1,
    "number": 1,
    "proposed_by": "authority",
    "proposed_at": "2026-01-05T09:00:00+00:00",
    "text": "De boete vervalt.",
    "due_in_days": 14,
    "stands_until": "2026-03-05",
    "state": "agreed",
    "complainant_accepted_at": "2026-01-06T09:00:00+00:00",
}


def test_evidence_is_carried_along_and_no_agreement_stands_on_one_acceptance(database: Database) -> None:
    migrate(database, "0034", down=True)
    with database.engine.begin() as connection:
        for statement in (CASE, EVIDENCE):
            connection.execute(text(statement))
    migrate(database, "head")
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT description, address, correction, confirmed_on FROM evidence")).one()
        assert tuple(kept) == ("De automaat stond uit.", None, None, None)
        with pytest.raises(IntegrityError, match="agreed_by_both"):
            names = ", ".join(AGREED)
            places = ", ".join(f":{name}" for name in AGREED)
            connection.execute(text(f"INSERT INTO mediation_proposal ({names}) VALUES ({places})"), AGREED)
