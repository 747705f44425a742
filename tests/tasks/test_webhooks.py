"""A step that calls a configured address outside: a real HTTP server on loopback tells what arrived."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service import open_office
from tasks.background import errands
from tasks.background.clock_source import TravellingClock
from tasks.office import Office, SettingRefused, Settings
from tests.tasks.test_queue import Place

SECRET = "wat alleen zij en wij weten"


@dataclass
class Outside:
    """The receiver. `answers` are (status, headers, body) in turn; the last one goes on."""

    port: int = 0
    arrived: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(204, {}, b"")])


@pytest.fixture
def outside() -> Iterator[Outside]:
    there = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            there.arrived.append((self.path, dict(self.headers), body))
            status, headers, answer = there.answers.pop(0) if len(there.answers) > 1 else there.answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            self.do_POST()  # whoever followed a redirect would come like this

        def log_message(self, *_: object) -> None:
            """The test tells what happened."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield there
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def place(sqlite_office: Office, clock: TravellingClock, outside: Outside) -> Place:
    address = f"http://127.0.0.1:{outside.port}/in?kanaal=1"
    settings = replace(sqlite_office.settings, webhooks={"register": address}, webhook_secret=SECRET)
    return Place(open_office(settings, database=sqlite_office.database, clock=clock), clock)


def json_of(**members: object) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(members).encode()


def variables(place: Place, instance: int) -> dict[str, object]:
    with place.office.database.reading() as reading:
        return place.office.engine.variables(reading, instance)


def test_the_inputs_arrive_signed_and_the_answer_becomes_variables(place: Place, outside: Outside) -> None:
    outside.answers = [json_of(said="ja", amount=1.5)]
    instance = place.publish("webhook.post", webhook="register").start(word="dag é")
    assert (place.run(), place.run()) == (1, 0)
    [(path, headers, body)] = outside.arrived
    assert (path, json.loads(body)) == ("/in?kanaal=1", {"word": "dag é"})
    assert headers["Idempotency-Key"] == f"{instance}:{place.job(instance).token_id}"
    signed = hmac.new(SECRET.encode(), headers["Ombudsflow-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert headers["Ombudsflow-Signature"] == f"sha256={signed.hexdigest()}"
    assert int(headers["Ombudsflow-Timestamp"]) == int(place.clock.now().timestamp())
    assert place.outcome(instance) == "completed"
    assert variables(place, instance)["said"] == "ja"
    assert str(variables(place, instance)["amount"]) == "1.5"


@pytest.mark.parametrize("status", [500, 503, 408, 429])
def test_trouble_that_may_pass_is_tried_again_under_the_same_key(place: Place, outside: Outside, status: int) -> None:
    outside.answers = [(status, {}, b"<h1>Bus kapot</h1>"), (204, {}, b"")]
    instance = place.publish("webhook.post", webhook="register").start()
    assert place.run() == 0
    assert str(status) in (place.job(instance).last_error or "")
    assert "Bus" not in (place.job(instance).last_error or ""), "what is answered may be about somebody"
    place.clock.advance(timedelta(seconds=30))
    assert (place.run(), place.outcome(instance)) == (1, "completed")
    assert len({headers["Idempotency-Key"] for _, headers, _ in outside.arrived}) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((404, {}, b""), "weigert dit (antwoord 404)"),
        ((307, {"Location": "/elders"}, b""), "verwijst door, en dat volgen we niet"),
        ((200, {"Content-Type": "application/json"}, b"[1]"), "geen variabelen"),
        ((200, {"Content-Type": "application/json"}, b"{"), "geen variabelen"),
        (json_of(case_id=9), "geen variabelen"),
        ((200, {"Content-Type": "application/json"}, b'{"x": "' + b"a" * 2**20 + b'"}'), "geen variabelen"),
    ],
)
def test_what_would_be_answered_again_ends_with_people_at_once(
    place: Place, outside: Outside, answer: tuple[int, dict[str, str], bytes], words: str
) -> None:
    outside.answers = [answer]
    instance = place.publish("webhook.post", webhook="register").start()
    place.run()
    assert (len(outside.arrived), place.outcome(instance), place.job(instance).state) == (1, "incident", "dead")
    assert words in place.reasons()[0]


def test_nobody_at_home_costs_only_time(place: Place, outside: Outside) -> None:
    away = replace(place.office.settings, webhooks={"register": "http://127.0.0.1:1/"})
    instance = place.publish("webhook.post", webhook="register").start()
    assert errands.do_jobs(open_office(away, database=place.office.database, clock=place.clock)) == 0
    assert "ConnectionRefusedError" in (place.job(instance).last_error or "")
    place.clock.advance(timedelta(seconds=30))
    assert (place.run(), len(outside.arrived)) == (1, 1)


def test_an_address_that_is_taken_away_ends_with_people(place: Place) -> None:
    place.publish("webhook.post", webhook="archief").start()
    place.run()
    assert "'archief' is niet ingesteld" in place.reasons()[0]


@pytest.mark.parametrize(
    "given",
    [
        "register",
        "a=http://example.org/",
        "a=https://mies:wachtwoord@example.org/",
        "a=https://x/,a=https://y/",
        "=https://x/",
    ],
)
def test_an_address_that_is_not_safe_is_refused_at_the_start(given: str) -> None:
    with pytest.raises(SettingRefused) as refused:
        Settings.from_environment({"OMBUDSFLOW_WEBHOOKS": given})
    assert refused.value.fields["variable"] == "OMBUDSFLOW_WEBHOOKS"


def test_addresses_are_read_by_name() -> None:
    read = Settings.from_environment(
        {"OMBUDSFLOW_WEBHOOKS": "register=https://x.org/in?a=b, proef=http://localhost:9/"}
    )
    assert read.webhooks == {"register": "https://x.org/in?a=b", "proef": "http://localhost:9/"}
