"""The reports house as a demonstration: two officers, and two invented reports of which the codes are known."""

from identity import people, roles
from storage.unit_of_work import UnitOfWork
from tasks.office import Office
from tasks.reports_house import mailbox

PEOPLE = (
    ("wanda", "Wanda Meldpunt", roles.WHISTLE_OFFICER, "meldpunt: leest en onderzoekt meldingen"),
    ("wout", "Wout Meldpunt", roles.WHISTLE_OFFICER, "tweede medewerker van het meldpunt"),
)
CODE, CODE_OF_VISIT = "1234123412341234", "5678567856785678"
WRITTEN = {
    "employer_kind": "flemish_administration",
    "employer": "een Vlaams agentschap",
    "relation": "employee",
    "subject": "Opdrachten in schijven onder de drempel",
    "narrative": "Opdrachten voor dezelfde twee firma's worden al een jaar opgesplitst, telkens net onder de drempel. Wie er iets van zei, is overgeplaatst.",
    "desired_outcome": "Dat iemand van buiten dit nakijkt.",
    "reported_before": "ja",
    "reported_where": "Intern, vorig jaar. Toen lekte het uit.",
    "fears_reprisal": "ja",
}
TOLD = {
    "report_channel": "visit",
    "recording": "none",
    "employer_kind": "municipality",
    "employer": "gemeente Elderbeke",
    "relation": "employee",
    "subject": "Privéwerken op naam van de technische dienst",
    "narrative": "Facturen voor werken aan een woning worden op naam van de technische dienst geboekt. De melder zag dit in de boekhouding en heeft kopieën.",
    "reported_before": "nee",
    "fears_reprisal": "ja",
    "complainant_name": "Tine Verzonnen",
}


def fill(office: Office, work: UnitOfWork) -> int:
    """Two reports of today; nothing when they are there. Returns how many there are."""
    officer = people.actor_of(people.with_role(work, roles.WHISTLE_OFFICER)[0])
    mailbox.report(office, work, CODE, WRITTEN)
    mailbox.report(office, work, CODE_OF_VISIT, TOLD, by=officer)
    return 2
