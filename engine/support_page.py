"""docs/bpmn-support.md, written from the support table: what the page says is what the gate does.

`python -m engine.support_page` writes it; a test compares.
"""

from pathlib import Path

from engine.support import EXTENSIONS, FLOW_NODES, REFUSED

PAGE = Path(__file__).resolve().parent.parent / "docs" / "bpmn-support.md"

INTRODUCTION = """# Wat van BPMN ondersteund wordt

Deze pagina is gemaakt uit `engine/support.py` met `python -m engine.support_page`; schrijf er niets bij met de hand.

Een diagram waarin iets staat dat hier niet staat, wordt bij het publiceren geweigerd, met het element en een zin. Er is geen
derde mogelijkheid: wat aanvaard wordt, voert de motor precies uit zoals BPMN 2.0.2 het zegt.
De taal van voorwaarden, toewijzingen, termijnen en beslissingen is FEEL. De uitbreidingen zijn die van Camunda 8 (`zeebe:`).
"""
EVENTS = {
    "messageEventDefinition": "bericht",
    "timerEventDefinition": "termijn",
    "errorEventDefinition": "fout",
    "terminateEventDefinition": "beëindiging",
}
READING = """
## Hoe het loopt

- **Variabelen** staan in het proces, in een deelproces met eigen invoer, of bij één stap met invoer; niet op de weg erheen. Een stap
  zet een variabele waar ze al bestaat, het dichtst bij eerst; een nieuwe komt in het proces. Takken die tegelijk lopen mogen dus niet
  dezelfde variabele zetten, en zo'n diagram wordt geweigerd.
- **Volgorde** waar BPMN ze open laat: eerst gebeurtenissen die onderbreken, dan het diepste deelproces, dan wat het langst wacht.
- **Termijnen**: een datum is het eerste ogenblik van die dag op de klok van het kantoor (Europe/Brussels); een duur in dagen telt
  kalenderdagen en houdt haar uur bij de overgang naar zomertijd; 31 januari plus één maand is de laatste dag van februari.
- **Berichten** komen bij precies één ontvanger, met de sleutel van het bericht; wie het langst wacht, krijgt het.
- **Fouten** worden opgevangen op de rand van de activiteit die ze gooide, of bij een omvattend (deel)proces; een fout met die code
  gaat voor op een vangnet zonder code. Vangt niemand ze op, dan opent een incident.
- **Wat mislukt** na het werk van een persoon kost dat werk niet: de stand erna blijft bewaard, er opent een incident, en na herstel
  gaat het dossier verder.
- **Een parallelle poort waar niets meer kan aankomen**, en een lus die nooit wacht, worden een incident; het dossier blijft niet stil staan.
"""


def page() -> str:
    """The whole page as Markdown."""
    lines = [INTRODUCTION, "## Elementen", "", "| Element | Hoe het hier loopt | Gebeurtenissen | Uitbreidingen |"]
    lines.append("|---|---|---|---|")
    for name, construct in FLOW_NODES.items():
        events = ", ".join(word for tag, word in EVENTS.items() if tag in construct.children)
        extensions = ", ".join(f"`zeebe:{each}`" for each in sorted(EXTENSIONS.get(name, ())))
        lines.append(f"| `{name}` | {construct.note} | {events} | {extensions} |")
    lines += [
        "",
        "Daarbij: zwembanen, tekstnota's, verbindingen en groepen; die tekenen en leggen uit, en doen verder niets.",
    ]
    lines += ["", "## Wat geweigerd wordt, en wat u in de plaats tekent", "", "| Element | Raad |", "|---|---|"]
    lines += [f"| `{name}` | {advice} |" for name, advice in REFUSED.items()]
    return "\n".join(lines) + "\n" + READING


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
