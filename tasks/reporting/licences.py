"""On what conditions others may use what the office makes public. The office chooses one, by the setting `OMBUDSFLOW_LICENCE`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Licence:
    """A licence: its name, the address by which programs know it, and in one sentence what it asks of whoever uses it."""

    name: str
    address: str
    sentence: str


LICENCES: Mapping[str, Licence] = {
    "cc0": Licence(
        "CC0 1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "Dit mag iedereen gebruiken, voor alles, zonder het te vragen.",
    ),
    "cc-by": Licence(
        "CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "Dit mag iedereen gebruiken, voor alles, als erbij staat dat het van ons komt.",
    ),
    "gratis-hergebruik": Licence(
        "Modellicentie gratis hergebruik v1.0",
        "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0",
        "Dit mag iedereen gratis gebruiken, ook om er geld mee te verdienen, als erbij staat dat het van ons komt.",
    ),
}
