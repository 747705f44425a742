"""What this office gives anybody to use again: a page that says what there is, and the same for programs (DCAT, in JSON-LD).

Figures and texts that name nobody; on which conditions is the setting of the office.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from tasks.reporting import published_reports
from tasks.reporting.licences import LICENCES, Licence
from web.context import visiting
from web.rendering import LANGUAGES, render, translator
from web.reporting import feeds

router = APIRouter(default_response_class=Response)
MEDIA = {"json": "application/json", "csv": "text/csv", "atom": feeds.MEDIA_TYPE}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
RECOMMENDATIONS = "Wat wij diensten vroegen om anders te doen, hun antwoord, en wat ervan kwam."
SUMMARIES = "Dossiers in het kort: wat er gebeurde en hoe het afliep, zonder namen."
FIGURES = "De aantallen van een jaar, geteld uit het verloop van de dossiers. Kleine aantallen zijn weggelaten."
WORDS = (
    *(RECOMMENDATIONS, SUMMARIES, FIGURES, "Jaarverslag", "Aanbevelingen", "Dossiers in het kort"),
    *(each.sentence for each in LICENCES.values()),
)


@dataclass(frozen=True)
class Dataset:
    """Something to fetch: its name, one sentence, its page, and the address of each form of it."""

    title: str
    year: int
    about: str
    page: str
    files: Sequence[tuple[str, str]]


def _all(years: Sequence[int]) -> list[Dataset]:
    def files(path: str) -> list[tuple[str, str]]:
        return [(kind, f"{path}.{kind}") for kind in ("json", "csv", "atom")]

    of_year = [
        Dataset(
            "Jaarverslag",
            year,
            FIGURES,
            f"/jaarverslag/{year}",
            [(kind, f"/jaarverslag/{year}/{kind}") for kind in ("json", "csv")],
        )
        for year in years
    ]
    return [
        Dataset("Aanbevelingen", 0, RECOMMENDATIONS, "/aanbevelingen", files("/aanbevelingen")),
        Dataset("Dossiers in het kort", 0, SUMMARIES, "/samenvattingen", files("/samenvattingen")),
        *of_year,
    ]


@router.get("/open-data")
def page(request: Request) -> Response:
    """What there is, with what the columns mean."""
    with visiting(request) as look:
        years, licence = published_reports.years(look.reading), LICENCES[look.office.settings.licence]
    return render(request, "report/open_data.html", datasets=_all(years), licence=licence)


@router.get("/open-data.json")
def catalogue(request: Request) -> Response:
    """The same for programs that gather what public offices publish."""
    with visiting(request) as look:
        years, settings = published_reports.years(look.reading), look.office.settings
    base, licence = settings.base_url, LICENCES[settings.licence]
    told = {
        "@context": CONTEXT,
        "@id": f"{base}/open-data",
        "@type": "dcat:Catalog",
        "dct:title": {"@value": f"Open data: {settings.office_name}"},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": settings.office_name},
        "dct:license": {"@id": licence.address},
        "dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": _in_each(licence.sentence)},
        "dcat:dataset": [_told(base, each, licence) for each in _all(years)],
    }
    return feeds.unchanged(request, JSONResponse(told, media_type="application/ld+json"), feeds.KEPT)


def _told(base: str, dataset: Dataset, licence: Licence) -> dict[str, object]:
    return {
        "@id": base + dataset.page,
        "@type": "dcat:Dataset",
        "dct:title": _in_each(dataset.title, f" {dataset.year}" if dataset.year else ""),
        "dct:description": _in_each(dataset.about),
        "dcat:landingPage": {"@id": base + dataset.page},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": base + path},
                "dcat:mediaType": MEDIA[kind],
                "dct:license": {"@id": licence.address},
            }
            for kind, path in dataset.files
        ],
    }


def _in_each(text: str, more: str = "") -> list[dict[str, str]]:
    """A text of the catalogue in every language, as JSON-LD tells languages apart."""
    return [{"@value": translator(each)(text) + more, "@language": each} for each in LANGUAGES]
