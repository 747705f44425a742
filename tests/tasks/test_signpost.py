"""Which ombudsman? What people write, in their own words and languages, and where the signpost sends them."""

from datetime import date

import pytest

from tasks.citizens.signpost import Asked, directions
from tasks.office import Office

# Written down before anybody tried them: sentences as people say them, not as the register knows them.
SAID = """
VO | | de lijn reed weer niet en niemand weet waarom
VO | vdab | mijn consulent belt nooit terug
VO | | ik wacht al een jaar op mijn verbouwpremie
VO | mijn huisbaas is een woonmaatschappij | er is schimmel en niemand komt
VO | | de onroerende voorheffing is dubbel betaald
VO | | de gewestweg voor mijn deur ligt al een jaar open
VO | | mijn zoon kreeg geen studietoelage
VO | fluvius | ze willen de digitale meter plaatsen terwijl ik nee zei
VO | Kind en Gezin | de opvang is gesloten en ik kreeg geen antwoord
VO | | les bus de De Lijn ne passent plus
VO | | my child benefit has not been paid since March
VO | | die technische Kontrolle hat mein Auto abgelehnt
FED | | ik krijg mijn belastingen niet terug van de FOD Financiën
FED | | het visum van mijn vrouw laat op zich wachten bij vreemdelingenzaken
FED | | mijn werkloosheidsuitkering is stopgezet door de RVA
FED | | le SPF Finances ne répond pas
PEN | | mijn pensioen is verkeerd berekend
PEN | la pension | ma pension de retraite est en retard
TEL | Proximus | ze rekenen een abonnement aan dat ik opzegde
TEL | | mijn internet ligt al drie weken plat en telenet doet niets
NRG | mijn gasfactuur | die is ineens drie keer zo hoog
NRG | Engie | het voorschot klopt niet
POST | bpost | mijn aangetekende zending is weg
POST | | het pakje van de koerier lag in de regen
RAIL | | de trein had twee uur vertraging en ik krijg niets terug
RAIL | SNCB | mon train a été supprimé
FIN | KBC | mijn rekening is geblokkeerd
FIN | mijn bank | ze weigeren een lening zonder uitleg
INS | | de verzekering betaalt de schade niet
INS | AXA | mon assurance refuse de payer
CONS | een webshop | de schoenen zijn nooit geleverd
LOC-own | stad Gent | het sluikstort wordt niet opgehaald
LOC-none | gemeente Lissendonk | het voetpad ligt los
BRU | MIVB | ik kreeg een boete op de metro
WAL | la Région wallonne | ma prime n'est pas payée
DG | das Ministerium der DG | mein Antrag liegt seit Monaten dort
PAT | het ziekenhuis | ik mag mijn dossier niet inkijken
NOT | onze notaris | de akte laat al een jaar op zich wachten
ADV | mijn advocaat | zijn ereloon is veel te hoog
GDW | de deurwaarder | hij rekent kosten aan voor niets
COMP | de politie | de agent wou mijn klacht niet opnemen
EU | | een klacht over de Europese Commissie
PARL | | ik start een petitie voor meer bussen
1700 | | gewoon een vraagje over de jobbonus
VMRI | VDAB | ik word gediscrimineerd omdat ik zwanger ben
NRG | | ma facture de gaz est fausse
NRG | | meine Gasrechnung stimmt nicht
NRG | | my gas bill is wrong
FED | | meine Steuern sind falsch berechnet
FED | | my tax return was lost
PEN | | meine Rente kommt nicht
POST | | mon colis est perdu
LOC-none | | my town council does not answer
AUDIT | gemeente Elderbeke | ik werk er en zag onregelmatigheden met facturen
""".strip().splitlines()
CASES = [tuple(part.strip() for part in line.split("|")) for line in SAID]


def ask(office: Office, service: str = "", story: str = "", **more: object) -> list[str]:
    with office.database.reading() as reading:
        asked = Asked(tuple([service] if service else []), story, **more)  # type: ignore[arg-type]
        return [each.body.key for each in directions(office, reading, asked)]


@pytest.mark.parametrize(("body", "service", "story"), CASES, ids=[f"{body}-{story[:30]}" for body, _, story in CASES])
def test_people_say_it_their_own_way(sqlite_office: Office, body: str, service: str, story: str) -> None:
    assert ask(sqlite_office, service, story)[:1] == [body]


def test_when_nothing_is_recognised_the_office_itself_looks_further(sqlite_office: Office) -> None:
    assert ask(sqlite_office, story="het is hier een schande") == ["VO"]


def test_what_somebody_chose_goes_before_what_the_words_seem_to_say(sqlite_office: Office) -> None:
    assert ask(sqlite_office, "VDAB", "ze zeiden dat het discriminatie is", matter="complaint") == ["VO"]


def test_discrimination_of_before_the_institute_existed_is_not_its_matter(sqlite_office: Office) -> None:
    story = "ik werd gediscrimineerd"
    assert ask(sqlite_office, "VDAB", story, happened_on=date(2023, 3, 14))[:1] == ["VO"]
    assert ask(sqlite_office, "VDAB", story, happened_on=date(2023, 3, 15))[:1] == ["VMRI"]


def test_several_services_give_several_places_and_ours_comes_first(sqlite_office: Office) -> None:
    with sqlite_office.database.reading() as reading:
        found = directions(sqlite_office, reading, Asked(("RVA", "VDAB"), "ze sturen mij van het kastje naar de muur"))
    assert [(each.body.key, each.authority, each.words) for each in found] == [
        ("VO", "VDAB", "VDAB"),
        ("FED", "RVA", "RVA"),
    ]


def test_every_body_the_decision_can_name_is_in_the_register_with_its_words(sqlite_office: Office) -> None:
    with sqlite_office.database.reading() as reading:
        model, _ = sqlite_office.engine.specs.decision_in_use(reading, "competence")
        named = {
            str(model.evaluate("competence", {"matter": "complaint", "authority_body": key}, None).value["body"])
            for key in {each.body for each in sqlite_office.register.authorities}
        }
    assert named == {each.body for each in sqlite_office.register.authorities}
    for key in named:
        body = sqlite_office.bodies[key]
        assert all(body.name.get(language) and body.about.get(language) for language in ("nl", "fr", "de", "en")), key
        assert body.source
