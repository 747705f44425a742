"""What a case is found by: the words of its subject, names, authority and story, without accents or capitals."""

from collections.abc import Mapping

from cases.models import Case
from cases.register import normal

# Long enough for the longest story the form takes, short enough to search in thousands of cases.
LONGEST = 25_000
TOLD = ("complaint.services", "complaint.narrative", "complaint.desired_outcome")


def search_words(case: Case, facts: Mapping[str, object]) -> str:
    """The text the search looks in; made again whenever a name or an authority changes."""
    told = " ".join(str(facts.get(name) or "") for name in TOLD)
    return normal(f"{case.subject} {case.complainant_name} {case.authority_name} {told}")[:LONGEST]
