"""The support table as it is read by people and counted by `make conformance`: one row per construct and position.

A row runs, with the test that shows it, or is refused, with what to draw instead and the twin that is refused.
"""

from dataclasses import dataclass

from engine.support import REFUSED
from engine.support_events import PARALLEL_MULTIPLE, POSITIONS, START, WORDS, every_position
from engine.support_stories import REFUSED_BY, SHOWN_BY


@dataclass(frozen=True)
class Row:
    """`words` say how it runs, or what to draw instead; `shown_by` is a test as `file::name` under tests/."""

    construct: str
    position: str
    runs: bool
    words: str
    shown_by: str


# Activities, gateways, flows and data: (construct, position) -> how it runs here.
RUNS: dict[tuple[str, str], str] = {
    ("timeDate", ""): "Een datum of een ogenblik.",
    ("timeDuration", ""): "Een duur vanaf het ogenblik dat het wachten begint.",
    (
        "timeCycle",
        "R3/PT1H",
    ): "Telkens na die duur, zo vaak als er staat; onderbrekend of onderweg alleen de eerste keer.",
    ("timeCycle", "cron"): "Op de klok van het kantoor.",
    ("message", "sleutel"): "Bij precies één ontvanger: wie het langst wacht op deze naam en sleutel.",
    ("message", "vroeg"): "Wordt bewaard zolang zijn termijn loopt.",
    ("message", "tweede keer"): "Een bericht met een id die al gezien is, wordt geweigerd.",
    (
        "userTask",
        "",
    ): "Een taak van een persoon, met formulier en rol; zonder eigen rol geldt de baan (lane) waarin ze staat.",
    ("manualTask", ""): "Gebeurt buiten het systeem; het dossier gaat meteen verder.",
    ("task", ""): "Een stap zonder soort; het dossier gaat meteen verder.",
    ("serviceTask", ""): "Werk van het systeem of van een programma buiten, volgens het taaktype.",
    ("sendTask", "bericht"): "Stuurt zijn bericht; de sleutel wordt bij de afzender berekend.",
    ("sendTask", "taaktype"): "Werk, zoals een systeemtaak.",
    ("receiveTask", ""): "Wacht op zijn bericht.",
    ("receiveTask", "start van een proces"): "Het bericht start een dossier (instantiate).",
    ("compensateEventDefinition", "waitForCompletion=false"): "Vraagt herstel en wacht er niet op.",
    (
        "scriptTask",
        "",
    ): "Eén FEEL-uitdrukking die één variabele zet; met een taaktype is het werk, zoals een systeemtaak.",
    ("businessRuleTask", ""): "Een beslissing (DMN); met een taaktype is het werk, zoals een systeemtaak.",
    ("callActivity", "latest"): "Een ander diagram, in de versie die bij de start in gebruik was.",
    ("callActivity", "deployment"): "Het diagram in de versie die in gebruik was toen deze versie in gebruik kwam.",
    ("callActivity", "versionTag"): "Het diagram in de versie met deze naam (version tag).",
    (
        "callActivity",
        "variabelen",
    ): "Alles gaat mee, en wat gemaakt of veranderd is komt terug, tenzij de stap anders zegt; invoer blijft bij de oproep.",
    ("globalTask", ""): "Een stap buiten een proces, die een oproep uitvoert.",
    ("globalUserTask", ""): "Een taak van een persoon buiten een proces, die een oproep uitvoert.",
    ("globalManualTask", ""): "Een stap buiten een proces, die een oproep uitvoert.",
    ("globalScriptTask", ""): "Een FEEL-uitdrukking buiten een proces, die een oproep uitvoert.",
    ("globalBusinessRuleTask", ""): "Een beslissing buiten een proces, die een oproep uitvoert.",
    ("subProcess", ""): "Een deelproces; klaar als er niets meer in loopt.",
    ("subProcess", "gebeurtenisdeelproces"): "Begint bij zijn gebeurtenis, onderbrekend of naast de rest.",
    (
        "transaction",
        "",
    ): "Een deelproces dat geannuleerd kan worden: wat gebeurd is wordt hersteld, van achter naar voor.",
    ("adHocSubProcess", "parallel"): "Een mens kiest welke stappen er beginnen; klaar als de voorwaarde klopt.",
    ("adHocSubProcess", "sequential"): "Zoals parallel, maar één stap tegelijk.",
    ("standardLoopCharacteristics", ""): "Herhaalt zolang de voorwaarde klopt, hoogstens loopMaximum keer.",
    ("multiInstanceLoopCharacteristics", "parallel"): "Eén keer per deel van een lijst, of een aantal keer, tegelijk.",
    (
        "multiInstanceLoopCharacteristics",
        "sequential",
    ): "Eén keer per deel van een lijst, of een aantal keer, na elkaar.",
    (
        "isForCompensation",
        "",
    ): "Een herstelstap: loopt alleen als er om herstel gevraagd wordt, in omgekeerde volgorde.",
    ("startQuantity", ""): "Begint pas als er zoveel tokens zijn.",
    ("completionQuantity", ""): "Geeft zoveel tokens door.",
    ("multiInstanceLoopCharacteristics", "voorwaarde"): "Stopt als de voorwaarde klopt; wat nog loopt, stopt mee.",
    ("multiInstanceLoopCharacteristics", "resultaten"): "Een lijst in de volgorde van de delen.",
    (
        "multiInstanceLoopCharacteristics",
        "tellers",
    ): "`loopCounter`, `numberOfInstances`, `numberOfActiveInstances` en `numberOfCompletedInstances`.",
    (
        "exclusiveGateway",
        "",
    ): "De eerste pijl waarvan de voorwaarde klopt, in de volgorde van het bestand; anders de standaardpijl.",
    ("parallelGateway", ""): "Alle pijlen tegelijk; wacht tot er op elke binnenkomende pijl één token is.",
    ("inclusiveGateway", "splitsen"): "Elke pijl waarvan de voorwaarde klopt; anders de standaardpijl.",
    ("inclusiveGateway", "samenvoegen"): "Wacht op alles wat hier nog kan aankomen, en op niets anders.",
    ("eventBasedGateway", ""): "Wat het eerst gebeurt.",
    ("eventBasedGateway", "start van een proces"): "Het eerste bericht of signaal start een dossier.",
    (
        "eventBasedGateway",
        "start van een proces, alle",
    ): "Het eerste bericht start een dossier, dat op de andere wacht.",
    ("sequenceFlow", "met voorwaarde, uit een stap"): "Elke pijl waarvan de voorwaarde klopt.",
    ("sequenceFlow", "standaard, uit een stap"): "Alleen als geen voorwaarde klopt.",
    ("sequenceFlow", "meerdere uit een element"): "Alle tegelijk.",
    ("sequenceFlow", "meerdere naar een element"): "Elk token voert het element uit.",
    ("process", "zonder start"): "Alles waar geen pijl naartoe loopt, begint.",
    ("process", "zonder einde"): "Klaar als er niets meer loopt.",
    ("process", "met meerdere starts"): "De start die gebeurt, begint; de andere niet.",
    ("process", "meerdere in één bestand"): "Elk uitvoerbaar proces is een diagram van zichzelf.",
    ("lane", ""): "Geeft een taak zonder eigen rol haar rol, door haar id (`lane_` en de rol).",
    ("dataObject", ""): "Tekent; gegevens staan in variabelen.",
    ("ioMapping", "input"): "Is er alleen voor de stap zelf.",
    (
        "ioMapping",
        "output",
    ): "Gaat naar waar de variabele bestaat, het dichtst bij eerst; alleen wat toegewezen is, blijft.",
}
MORE_REFUSED: dict[tuple[str, str], str] = {
    (PARALLEL_MULTIPLE, POSITIONS[START]): "Gebruik een gebeurtenispoort die een proces start, en op alle wacht.",
    (
        "parallelMultiple",
        "start van een proces",
    ): "Gebruik een startende gebeurtenispoort die alle gebeurtenissen afwacht.",
    ("transaction", "method"): "Alleen ##Compensate; iets anders bestaat hier niet.",
    ("multiInstanceLoopCharacteristics", "behavior"): "Alleen All; laat de herhaling stoppen met een voorwaarde.",
    ("eventBasedGateway", "alle, onderweg"): "Gebruik een parallelle poort met gebeurtenissen erachter.",
    ("scriptTask", "scriptFormat"): "Andere talen dan FEEL worden niet uitgevoerd.",
}


REFUSED_ROWS: dict[tuple[str, str], str] = {**{(name, ""): words for name, words in REFUSED.items()}, **MORE_REFUSED}


def rows() -> list[Row]:
    """The whole table, in the order of the page."""
    events = [
        Row(kind, POSITIONS[position], True, WORDS[kind], SHOWN_BY.get((kind, position), ""))
        for kind, position in every_position()
    ]
    others = [Row(*key, True, words, SHOWN_BY.get(key, "")) for key, words in RUNS.items()]
    return [*events, *others, *(Row(*key, False, words, REFUSED_BY) for key, words in REFUSED_ROWS.items())]
