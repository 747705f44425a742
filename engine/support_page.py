"""docs/bpmn-support.md, written from the support table: what the page says is what the gate does.

`python -m engine.support_page` writes it; a test compares.
"""

from pathlib import Path

from engine.support_dialect import EXTENSIONS, REFUSED_EXTENSIONS
from engine.support_events import POSITIONS, WHERE, WORDS
from engine.support_rows import RUNS, Row, rows

PAGE = Path(__file__).resolve().parent.parent / "docs" / "bpmn-support.md"

INTRODUCTION = """# Wat van BPMN ondersteund wordt

Deze pagina is gemaakt uit `engine/support*.py` met `python -m engine.support_page`; schrijf er niets bij met de hand.

Een diagram waarin iets staat dat hier niet staat, wordt bij het publiceren geweigerd, met het element en een zin. Er is geen
derde mogelijkheid: wat aanvaard wordt, voert de motor precies uit zoals BPMN 2.0.2 het zegt.
De taal van voorwaarden, toewijzingen, termijnen en beslissingen is FEEL. De uitbreidingen zijn die van Camunda 8 (`zeebe:`);
die van andere gereedschappen blijven in het bestand staan en doen niets.
"""
READING = """
## Hoe het loopt

- **Variabelen** staan in het proces, in een deelproces met eigen invoer, of bij één stap met invoer; niet op de weg erheen. Een stap
  zet een variabele waar ze al bestaat, het dichtst bij eerst; een nieuwe komt in het proces. Zetten takken die tegelijk lopen dezelfde
  variabele, dan telt wie het laatst klaar is; publiceren waarschuwt daarvoor.
- **Volgorde** waar BPMN ze open laat: eerst gebeurtenissen die onderbreken, dan het diepste deelproces, dan wat het langst wacht.
- **Termijnen**: een datum is het eerste ogenblik van die dag op de klok van het kantoor (Europe/Brussels); een duur in dagen telt
  kalenderdagen en houdt haar uur bij de overgang naar zomertijd; 31 januari plus één maand is de laatste dag van februari. Een
  herhaling (`R3/PT1H`, of cron zoals `0 9 * * 1`) blijft op haar raster; wat gemist werd terwijl het systeem stillag, is één keer.
- **Berichten** komen bij precies één ontvanger, met de sleutel van het bericht; wie het langst wacht, krijgt het. Een bericht
  waar nog niemand op wacht, wordt bewaard zolang zijn termijn loopt.
- **Signalen** bereiken wie erop wacht op het ogenblik dat ze gegeven worden, ook in hetzelfde dossier; wie later komt, krijgt ze niet.
  Een bericht of signaal neemt alleen mee wat er als invoer aan toegewezen is.
- **Voorwaarden** als gebeurtenis gelden op het ogenblik dat ze waar worden; blijft een voorwaarde waar, dan gebeurt er niets meer.
- **Een escalatie** die niemand opvangt, verandert niets. Wat een gebeurtenisdeelproces gooit, vangt het zelf niet op.
- **Herstel** (compensatie) loopt stap voor stap, wat het laatst af was eerst, zo dikwijls als het gebeurd is; een deelproces zonder
  eigen herstelstap wordt vanbinnen hersteld, met de variabelen zoals ze toen waren.
- **Een inclusieve poort** wacht op elk token dat een lege binnenkomende pijl nog kan bereiken, tenzij het ook kan aankomen waar er al
  een wacht (BPMN 2.0.2, 13.4.3). Ze beslist wanneer verder niets meer vanzelf loopt.
- **Fouten** worden opgevangen op de rand van de activiteit die ze gooide, of bij een omvattend (deel)proces; een fout met die code
  gaat voor op een vangnet zonder code. Vangt niemand ze op, dan opent een incident.
- **Wat mislukt** na het werk van een persoon kost dat werk niet: de stand erna blijft bewaard, er opent een incident, en na herstel
  gaat het dossier verder.
- **Een parallelle poort waar niets meer kan aankomen**, en een lus die nooit wacht, worden een incident; het dossier blijft niet stil staan.
"""


def page() -> str:
    """The whole page as Markdown."""
    return (
        "\n".join([INTRODUCTION, *_events(), *_others(), *_dialect(), *_refused()])
        + "\n"
        + READING
        + "\n".join(_tests())
    )


def _events() -> list[str]:
    lines = ["## Gebeurtenissen", "", f"| Soort | {' | '.join(POSITIONS.values())} |"]
    lines.append("|---" * (len(POSITIONS) + 1) + "|")
    for kind, positions in WHERE.items():
        marks = " | ".join("ja" if position in positions else "" for position in POSITIONS)
        lines.append(f"| {WORDS[kind]} (`{kind}`) | {marks} |")
    return lines


def _others() -> list[str]:
    lines = [
        "",
        "## Stappen, poorten, pijlen en gegevens",
        "",
        "| Element | Waar of hoe | Hoe het hier loopt |",
        "|---|---|---|",
    ]
    lines += [f"| `{row.construct}` | {row.position} | {row.words} |" for row in _of(RUNS)]
    return [*lines, "", "Daarbij: zwembaden, tekstnota's, verbindingen en groepen; die tekenen en leggen uit."]


def _of(keys: dict[tuple[str, str], str]) -> list[Row]:
    return [row for row in rows() if (row.construct, row.position) in keys]


def _dialect() -> list[str]:
    lines = ["", "## Uitbreidingen", "", "| Bij | Uitbreidingen |", "|---|---|"]
    for name, found in sorted(EXTENSIONS.items()):
        if found - {"properties"}:
            lines.append(f"| `{name}` | {', '.join(f'`zeebe:{each}`' for each in sorted(found))} |")
    return [*lines, "", "Overal anders alleen `zeebe:properties`."]


def _refused() -> list[str]:
    lines = [
        "",
        "## Wat geweigerd wordt, en wat u in de plaats tekent",
        "",
        "| Element | Waar | Raad |",
        "|---|---|---|",
    ]
    lines += [f"| `{row.construct}` | {row.position} | {row.words} |" for row in rows() if not row.runs]
    return lines + [f"| `zeebe:{name}` |  | {advice} |" for name, advice in REFUSED_EXTENSIONS.items()]


def _tests() -> list[str]:
    lines = [
        "",
        "## Welke test het toont",
        "",
        "Elke regel van de tabel, en de test (onder `tests/`) die er de diagrammen bij heeft.",
        "",
    ]
    lines += ["| Wat | Waar | | Test |", "|---|---|---|---|"]
    for row in rows():
        file, _, name = row.shown_by.partition("::")
        lines.append(
            f"| `{row.construct}` | {row.position} | {'loopt' if row.runs else 'geweigerd'} | `{file}` {name} |"
        )
    return [*lines, ""]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
