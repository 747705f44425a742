"""What this office gives anybody to use again: a page that says what there is, and the same for programs (DCAT, in JSON-LD).

The licence is CC0: figures and texts that name nobody, made by a public office, without conditions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from tasks.reporting import published_reports
from web.context import visiting
from web.rendering import render
from web.reporting import feeds

router = APIRouter(default_response_class=Response)
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
MEDIA = {"json": "application/json", "csv": "text/csv", "atom": feeds.MEDIA_TYPE}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
RECOMMENDATIONS = "Wat wij diensten vroegen om anders te doen, hun antwoord, en wat ervan kwam."
SUMMARIES = "Dossiers in het kort: wat er gebeurde en hoe het afliep, zonder namen."
FIGURES = "De aantallen van een jaar, geteld uit het verloop van de dossiers. Kleine aantallen zijn weggelaten."
WORDS = (RECOMMENDATIONS, SUMMARIES, FIGURES, "Jaarverslag", "Aanbevelingen", "Dossiers in het kort")


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
        years = published_reports.years(look.reading)
    return render(request, "report/open_data.html", datasets=_all(years), licence=LICENCE)


@router.get("/open-data.json")
def catalogue(request: Request) -> Response:
    """The same for programs that gather what public offices publish."""
    with visiting(request) as look:
        years, settings = published_reports.years(look.reading), look.office.settings
    base = settings.base_url
    told = {
        "@context": CONTEXT,
        "@id": f"{base}/open-data",
        "@type": "dcat:Catalog",
        "dct:title": {"@value": f"Open data van {settings.office_name}", "@language": "nl"},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": settings.office_name},
        "dct:license": {"@id": LICENCE},
        "dcat:dataset": [_told(base, each) for each in _all(years)],
    }
    return feeds.unchanged(request, JSONResponse(told, media_type="application/ld+json"), feeds.KEPT)


def _told(base: str, dataset: Dataset) -> dict[str, object]:
    title = f"{dataset.title} {dataset.year}" if dataset.year else dataset.title
    return {
        "@id": base + dataset.page,
        "@type": "dcat:Dataset",
        "dct:title": {"@value": title, "@language": "nl"},
        "dct:description": {"@value": dataset.about, "@language": "nl"},
        "dcat:landingPage": {"@id": base + dataset.page},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": base + path},
                "dcat:mediaType": MEDIA[kind],
                "dct:license": {"@id": LICENCE},
            }
            for kind, path in dataset.files
        ],
    }
