"""Until when somebody can still go to the Council of State while the ombudsman has their complaint; and what to say of other appeals.

The term counts from the day of the decision, or of its notification. A complaint makes it stand still from the day it comes in until
the case is closed, at most for as long as the rule says (`rvs_suspension_by`, versioned, with its source); what was left then still runs.
No other term for an appeal stands still. Pure: rules and days in, days and a sentence out. The figures are those of the rules; none
has been verified against the text of the law (`is_verified`), so the sentence tells people not to rely on it alone.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from cases.counting import Term, reckon
from cases.deadline_rules import Rules
from cases.explaining import written_out

APPEAL, SUSPENSION = "rvs_appeal_by", "rvs_suspension_by"
OTHERS = {
    "nl": "Let op: een klacht stopt beroepstermijnen niet. Wilt u beroep aantekenen, doe dat dan op tijd.",
    "fr": "Attention : une plainte ne suspend pas les délais de recours. Si vous voulez introduire un recours, faites-le à temps.",
    "de": "Achtung: Eine Beschwerde hemmt keine Rechtsmittelfristen. Wollen Sie ein Rechtsmittel einlegen, tun Sie das rechtzeitig.",
    "en": "Please note: a complaint does not stop time limits for appeals. If you want to appeal, do so in time.",
}
STANDS_STILL = {
    "nl": "Let op uw beroepstermijnen. Voor de Raad van State hebt u {days} dagen. Die termijn staat stil zolang wij uw klacht behandelen, "
    "van {filed} tot hoogstens {until}. Daarna loopt hij verder: u hebt dan nog {left} dagen, dus hoogstens tot {latest}.",
    "fr": "Attention aux délais de recours. Pour le Conseil d'État, vous avez {days} jours. Ce délai est suspendu tant que nous traitons "
    "votre plainte, du {filed} au {until} au plus tard. Ensuite il continue : il vous reste {left} jours, donc jusqu'au {latest} au plus tard.",
    "de": "Achten Sie auf die Rechtsmittelfristen. Für den Staatsrat haben Sie {days} Tage. Diese Frist steht still, solange wir Ihre "
    "Beschwerde bearbeiten, vom {filed} bis höchstens {until}. Danach läuft sie weiter: Sie haben noch {left} Tage, also höchstens bis {latest}.",
    "en": "Mind the time limits for appeals. For the Council of State you have {days} days. That term stands still while we deal with your "
    "complaint, from {filed} until {until} at the latest. Then it goes on: you have {left} days left, so until {latest} at the latest.",
}
GOES_ON = {
    "nl": "De termijn voor de Raad van State stond stil van {filed} tot {until} en loopt nu weer: u kunt er nog naartoe tot {latest}.",
    "fr": "Le délai pour le Conseil d'État a été suspendu du {filed} au {until} et court à nouveau : vous pouvez vous y adresser jusqu'au {latest}.",
    "de": "Die Frist für den Staatsrat stand vom {filed} bis {until} still und läuft jetzt wieder: Sie können sich noch bis {latest} an ihn wenden.",
    "en": "The term for the Council of State stood still from {filed} until {until} and runs again: you can go there until {latest}.",
}
OVER = {
    "nl": "De termijn van {days} dagen voor de Raad van State is voorbij sinds {latest}.",
    "fr": "Le délai de {days} jours pour le Conseil d'État est passé depuis le {latest}.",
    "de": "Die Frist von {days} Tagen für den Staatsrat ist seit {latest} vorbei.",
    "en": "The term of {days} days for the Council of State has been over since {latest}.",
}
CAREFUL = {
    "nl": "Andere beroepstermijnen lopen gewoon door. Reken niet alleen op deze datum: vraag raad aan een advocaat.",
    "fr": "Les autres délais de recours continuent à courir. Ne vous fiez pas uniquement à cette date : demandez conseil à un avocat.",
    "de": "Andere Rechtsmittelfristen laufen weiter. Verlassen Sie sich nicht nur auf dieses Datum: Fragen Sie einen Anwalt.",
    "en": "Other time limits for appeals go on. Do not rely on this date alone: ask a lawyer.",
}


@dataclass(frozen=True)
class CouncilAppeal:
    """The term for the Council of State. `left` days remained when the complaint came in; none when it was over already.

    `until` is the day on which the term goes on: that of closing, or the last day for which it can stand still.
    """

    days: int
    ends_unsuspended: date
    filed_on: date
    left: int
    until: date
    latest: date
    goes_on: bool

    def is_over(self, today: date) -> bool:
        return today > self.latest


def council_of_state(
    rules: Rules, decided_on: date, filed_on: date, today: date, closed_on: date | None = None
) -> CouncilAppeal:
    """The term for a decision of this day, with a complaint that came in on `filed_on` and was closed on `closed_on`, or is open."""
    appeal, suspension = rules.get(APPEAL, decided_on), rules.get(SUSPENSION, filed_on)
    ends = reckon(Term(appeal.value, appeal.unit, decided_on), rules.calendar).due_on
    left = (ends - max(filed_on, decided_on)).days
    if left < 0:
        return CouncilAppeal(appeal.value, ends, filed_on, 0, ends, ends, True)
    longest = reckon(Term(suspension.value, suspension.unit, filed_on), rules.calendar).due_on
    until = min(closed_on or longest, longest)
    return CouncilAppeal(
        appeal.value, ends, filed_on, left, until, until + timedelta(days=left), closed_on is not None or today > until
    )


def sentence(appeal: CouncilAppeal | None, language: str, today: date) -> str:
    """What the complainant should know of their appeals; without a term for the Council of State that no other stands still."""
    language = language if language in OTHERS else "nl"
    if appeal is None:
        return OTHERS[language]
    text = OVER if appeal.is_over(today) else GOES_ON if appeal.goes_on else STANDS_STILL
    days = {name: written_out(getattr(appeal, name), language) for name in ("until", "latest")}
    filed = written_out(appeal.filed_on, language)
    said = text[language].format(days=appeal.days, left=appeal.left, filed=filed, **days)
    return f"{said} {CAREFUL[language]}"
