"""Why the engine refuses. Each docstring is the sentence a person reads."""

from engine.findings import Finding
from problems import Conflict, Invalid, NotFound


class DiagramRefused(Invalid):
    """Dit kan niet gepubliceerd worden. De bevindingen zeggen bij welk element, waarom, en wat u kunt doen."""

    @property
    def findings(self) -> list[Finding]:
        """What checking found, errors first."""
        found = self.fields.get("findings", [])
        return list(found) if isinstance(found, list) else []


class XmlRefused(Invalid):
    """Dit bestand is geen bruikbare XML."""


class DefinitionNotFound(NotFound):
    """Dit diagram, deze beslissing of dit formulier bestaat niet in deze versie."""


class NotYetActive(Conflict):
    """Er is nog geen versie in gebruik. Laat eerst iemand een versie in gebruik nemen."""


class DecisionNotYetActive(NotYetActive):
    """Dit proces vraagt een beslissing waarvan nog geen versie in gebruik is. Laat eerst iemand die beslissing in gebruik nemen."""


class SecondPersonNeeded(Conflict):
    """Wie een versie maakte, mag ze niet zelf in gebruik nemen. Vraag het aan een collega."""


class CallsInACircle(Conflict):
    """Dit diagram roept langs andere diagrammen zichzelf op, en zou nooit eindigen. Verwijder een van de oproepen."""


class NotADraft(Conflict):
    """Alleen een ontwerp kan in gebruik genomen worden; deze versie is dat al (geweest)."""


class InstanceNotFound(NotFound):
    """Dit proces bestaat niet."""


class TokenNotWaiting(Conflict):
    """Deze stap wacht niet (meer). Er is niets aan het dossier veranderd."""


class InstanceEnded(TokenNotWaiting):
    """Dit proces is beëindigd, dus deze stap wacht niet meer. Er is niets aan het dossier veranderd."""


class InstanceNotActive(Conflict):
    """Dit proces is opgeschort, dus deze stap kan nu niet. Probeer het opnieuw wanneer het hervat is."""


class NotRepeatable(Conflict):
    """Een automatische stap gaf bij het herhalen een ander antwoord. Er is niets aan het dossier veranderd; verwittig de beheerder."""


class StateUnreadable(Conflict):
    """De bewaarde toestand van dit proces kan niet gelezen worden. Verwittig de beheerder; er is niets gewijzigd."""


class JobNotFound(NotFound):
    """Deze opdracht bestaat niet."""


class JobWithdrawn(Conflict):
    """Deze opdracht is ingetrokken: het proces had ze niet meer nodig. Er is niets gewijzigd; u hoeft niets meer te doen."""


class JobAlreadyDone(Conflict):
    """Deze opdracht is al afgewerkt of definitief mislukt. Er is niets gewijzigd."""


class JobLockNotYours(Conflict):
    """U hebt deze opdracht niet (meer): een andere werker kreeg ze, of u gaf ze terug. Er is niets gewijzigd; vraag een nieuwe opdracht."""


class JobLockEnded(Conflict):
    """Uw tijd voor deze opdracht is voorbij, dus een andere werker kan ze krijgen. Er is niets gewijzigd; vraag ze opnieuw, met meer tijd."""


class ElementNotThere(NotFound):
    """Deze stap staat niet in het diagram van dit proces, of er kan niets beginnen. Kies een stap uit de lijst."""


class ElementNotOpen(Conflict):
    """Deze stap ligt in een deelproces dat nu niet loopt. Laat eerst het deelproces zelf beginnen."""


class ElementAmbiguous(Conflict):
    """Het deelproces van deze stap loopt nu meer dan één keer. Kies ook welke stap daarin vervalt, zodat duidelijk is waar."""


class ScopeNotThere(Conflict):
    """De stap waarin deze variabele geldt, is er niet meer. Er is niets gewijzigd; kijk de variabelen opnieuw na."""


class StepNotSkippable(Conflict):
    """Deze stap is geen opdracht die overgeslagen kan worden. Verbeter een variabele en probeer opnieuw, of verplaats het dossier."""


class NotWaitedFor(Conflict):
    """Op dit element wacht nu niets. De velden zeggen waarop wel gewacht wordt."""


class NeverComesToRest(Conflict):
    """Dit blijft zichzelf berichten sturen of termijnen stellen, en komt nooit tot rust. Kijk het diagram na op een kring."""


class MappingRefused(Invalid):
    """Dit plan klopt niet met de twee versies. De velden zeggen welke stap, waarom, en wat u kunt kiezen."""


class CannotMove(Conflict):
    """Dit dossier kan niet mee naar de andere versie. De velden zeggen op welke stap het staat, en wat u kunt doen."""

    @property
    def reasons(self) -> list[str]:
        """One sentence for each obstacle."""
        found = self.fields.get("reasons", [])
        return [str(each) for each in found] if isinstance(found, list) else []


class MovedOn(Conflict):
    """Dit dossier is intussen verder gegaan, dus het overzetten kan niet meer ongedaan gemaakt worden."""


class MessageAlreadySeen(Conflict):
    """Een bericht met deze naam, sleutel en bericht-id kwam al binnen. Het wordt geen tweede keer bezorgd."""


class MessageNotUsable(Invalid):
    """Dit bericht kan niet verstuurd worden. De velden zeggen waarom."""


class NoPlainStart(Conflict):
    """Dit proces start alleen vanzelf, bij zijn bericht, signaal, termijn of voorwaarde; het kan niet gewoon gestart worden."""


class TwoVersionsAsked(Conflict):
    """Dit proces vraagt langs twee wegen dezelfde naam in twee versies. Bind beide oproepen aan dezelfde versie."""


class StartMomentNotUsable(Invalid):
    """Het moment waarop dit proces zelf begint, kan niet gelezen worden. De velden zeggen welke startgebeurtenis, en waarom."""
