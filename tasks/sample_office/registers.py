"""What fills the other registers of a sample office, once its cases are there: the yearly figures of services, inquiries, and what is public.

The real commands do it, so that every file, letter and event is one of the office's own; so few that a load hardly takes longer.
"""

import random
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import select

from cases.deadlines import ZONE
from cases.recommendations import Recommendation
from identity import people, roles
from identity.people import Actor
from storage.unit_of_work import Reading
from tasks import completion
from tasks.at_services import first_line_campaign
from tasks.background.clock_source import TravellingClock
from tasks.joined import clusters
from tasks.models import FirstLineReport
from tasks.office import Office
from tasks.reporting import recommendations
from tasks.reporting.recommendations import Wording
from tasks.sample_office.arrivals import Plan
from tasks.sample_office.darkroom import OpenAt

# The sample is of so many cases for each service that is asked, each inquiry, and each recommendation that is made public.
FOR_A_SERVICE, FOR_AN_INQUIRY, FOR_A_PUBLIC = 500, 5_000, 500
MOST_SERVICES, MOST_INQUIRIES, MOST_PUBLIC = 60, 4, 60
YEARS = 2
SILENT = 6  # one service in so many did not answer yet
LESSONS = (
    "Wij bellen de klager nu eerst op.",
    "Onze brieven zijn herschreven in gewone taal.",
    "Wie te laat antwoord krijgt, hoort nu vooraf hoelang het nog duurt.",
)
# What is asked of services, without anybody in it.
PUBLIC = (
    (
        "Meld storingen op tijd",
        "Zeg het meteen als een toepassing niet werkt, en laat termijnen dan niet verder lopen.",
    ),
    ("Motiveer een weigering", "Zeg bij elke weigering op welke regel ze steunt en wat iemand nog kan doen."),
    ("Antwoord binnen de termijn", "Stuur een tussentijds bericht zodra duidelijk is dat een antwoord later komt."),
    ("Herstel vergissingen zelf", "Betaal terug wat te veel werd gevraagd, ook aan wie daar niet om vroeg."),
)


def fill(office: Office, plan: Plan, open_at: OpenAt, say: Callable[[str], None]) -> None:
    """Fill them, once: an interrupted load goes on without doing it twice."""
    with office.database.reading() as reading:
        is_filled = reading.session.scalar(select(FirstLineReport.id).limit(1)) is not None
        ombudsman = _ombudsman(reading)
    if is_filled or plan.cases < FOR_A_SERVICE:
        return
    chance = random.Random(f"{plan.seed}:registers")  # noqa: S311  # a sample has no secrets to keep
    last = plan.until.astimezone(ZONE).year
    for year in range(last - YEARS, last):
        asked_at = min(datetime(year + 1, 1, 15, 10, tzinfo=ZONE), plan.until)
        then = open_at(office.settings, office.database, TravellingClock(asked_at))
        _ask(then, ombudsman, year, min(plan.cases // FOR_A_SERVICE, MOST_SERVICES), chance)
    _inquire(office, ombudsman, min(plan.cases // FOR_AN_INQUIRY, MOST_INQUIRIES))
    _publish(office, ombudsman, min(plan.cases // FOR_A_PUBLIC, MOST_PUBLIC))
    say("the other registers are filled")


def _ombudsman(reading: Reading) -> Actor:
    person = people.with_role(reading, roles.OMBUDSMAN)[0]
    return Actor(f"person:{person.id}", person.name, frozenset({roles.OMBUDSMAN}))


def _ask(office: Office, ombudsman: Actor, year: int, many: int, chance: random.Random) -> None:
    """Ask services for their figures of a year; most answer."""
    for service in first_line_campaign.services(office)[:many]:
        with office.database.work() as work:
            first_line_campaign.ask(office, work, ombudsman, year, service.key)
        if chance.randrange(SILENT):
            with office.database.work() as work:
                row = first_line_campaign.of_authority(work, year, service.key)
                answering = Actor(f"authority:{row.id}", service.name, frozenset({roles.AUTHORITY}))
                completion.complete(office, work, answering, row.id, dict(_figures(chance)))


def _figures(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Figures of a year that add up."""
    received = round(chance.lognormvariate(5, 1.2)) + 20
    others, refused, late = received // 10, received // 8, received // 12
    admissible = received - others - refused
    founded, partly = admissible // 2, admissible // 5
    yield "reported_received", str(received)
    yield "reported_not_complaints", str(others)
    yield "reported_within_term", str(admissible - late)
    yield "reported_over_term", str(late)
    yield "reported_mean_days", f"{chance.uniform(8, 40):.1f}".replace(".", ",")
    yield "reported_ground_geen_belang", str(refused // 3)
    yield "reported_ground_ouder_dan_1_jaar", str(refused - refused // 3)
    yield "reported_admissible", str(admissible)
    yield "reported_founded", str(founded)
    yield "reported_partly_founded", str(partly)
    yield "reported_unfounded", str(admissible - founded - partly)
    yield "reported_solved", str(founded)
    for norm in (5, 6, 7, 13):
        yield f"reported_norm_{norm}", str(chance.randint(0, founded))
    yield "reported_carrier_email", str(received - received // 4)
    yield "reported_carrier_phone", str(received // 4)
    yield "reported_lessons", chance.choice(LESSONS)


def _inquire(office: Office, ombudsman: Actor, many: int) -> None:
    """Look into what stands out most, on the office's own initiative."""
    with office.database.reading() as reading:
        striking = [each for each in clusters.found(office, reading, ombudsman) if not each.inquiry][:many]
    for each in striking:
        with office.database.work() as work:
            clusters.inquire(office, work, ombudsman, each.authority_key, each.theme)


def _publish(office: Office, ombudsman: Actor, many: int) -> None:
    """Make the newest recommendations public."""
    with office.database.reading() as reading:
        newest = select(Recommendation.id).order_by(Recommendation.issued_on.desc(), Recommendation.id.desc())
        found = list(reading.session.scalars(newest.limit(many)))
    for place, recommendation_id in enumerate(found):
        title, text = PUBLIC[place % len(PUBLIC)]
        with office.database.work() as work:
            wording = Wording(title, text, "", "nl")
            recommendations.publish(office, work, ombudsman, recommendation_id, wording, is_looked_at=True)
