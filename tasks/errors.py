"""Why a person's command is refused. Each docstring is the sentence the person reads."""

from problems import Conflict, Forbidden, Invalid, NotFound


class UserTaskNotFound(NotFound):
    """Deze taak bestaat niet, of u mag ze niet zien."""


class CaseNotFound(NotFound):
    """Dit dossier bestaat niet, of u mag het niet zien."""


class LinkNotValid(NotFound):
    """Deze link werkt niet (meer). Misschien is de vraag al beantwoord, of is de termijn voorbij."""


class NotYourLane(Forbidden):
    """Deze taak hoort bij een andere rol dan die van u."""


class HandledEarlier(Forbidden):
    """U werkte eerder aan dit dossier. Wie opnieuw kijkt, is iemand anders: laat deze taak aan een collega met dezelfde rol."""


class UserTaskAlreadyCompleted(Conflict):
    """Deze taak is ondertussen al afgewerkt. Wat u typte, staat hieronder nog; er is niets aan het dossier veranderd."""


class UserTaskChanged(Conflict):
    """Iemand anders heeft deze taak ondertussen gewijzigd. Kijk na wat er veranderde en probeer opnieuw."""


class UserTaskClaimedByOther(Conflict):
    """Een collega heeft deze taak al opgenomen."""


class UserTaskNotClaimed(Conflict):
    """U hebt deze taak niet opgenomen, dus u kunt ze niet teruggeven."""


class DraftOfOther(Conflict):
    """Een collega bewaarde ondertussen een ander concept van deze taak. Wat u typte, staat hieronder nog. Bewaart u het opnieuw, dan vervangt het dat van uw collega."""


class DraftElsewhere(Conflict):
    """U bewaarde deze taak ondertussen in een ander venster. Wat u hier typte, staat hieronder nog. Bewaart u het opnieuw, dan vervangt het dat andere."""


class MessageNotExpected(Conflict):
    """Dat kan nu niet in dit dossier: het wacht niet op deze melding."""


class FormNotAccepted(Invalid):
    """Niet alles is juist ingevuld. Verbeter de velden hieronder."""


class NothingToAnswerFor(Invalid):
    """Deze taak is niet voor de klager of een dienst: laat weg hoe en wanneer het antwoord kwam."""


class FormMissing(Conflict):
    """Het formulier van deze stap is niet in gebruik. Meld dit aan de procesbeheerder."""


class PersonCannotTakeUserTask(Invalid):
    """Deze collega heeft niet de rol die bij de taak hoort."""
