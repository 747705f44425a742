"""A program that works at the office over HTTP: one connection, a bearer token, and how long each answer took."""

import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

COMPLAINT = {
    "complaint_channel": "phone",
    "subject": "Bus kwam drie keer niet",
    "narrative": "Drie ochtenden na elkaar kwam de bus van zeven uur niet. " * 5,
    "services": "De Lijn",
    "complainant_name": "Jan Peeters",
    "email": "jan@example.org",
    "desired_outcome": "Een excuus",
    "facts_on": "2026-01-05",
    "first_line_contacted": "nee",
    "court_pending": "nee",
    "filer_kind": "person",
    "name_withheld": "nee",
    "complaint_language": "nl",
    "is_anonymous": "nee",
}
CLIENTS = 4
IDLE = 3.0  # seconds; the server closes a line that is silent for five
REMARK = "Nagekeken met de klager en met de dienst; de stukken zijn volledig. " * 5  # about 350 bytes of answer


@dataclass(frozen=True)
class Answer:
    """An answer with its price: milliseconds at the client, statements at the server."""

    content: dict[str, Any]
    milliseconds: float
    shape: str


class Client:
    """One connection to the office. It reads of an answer what it needs: `http.client` cost a fifth of what the server did."""

    def __init__(self, address: str, token: str) -> None:
        self._place = urlsplit(address)
        self._line, self._used = self._connected(), time.perf_counter()
        self._head = f" HTTP/1.1\r\nHost: {self._place.netloc}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"

    def _connected(self) -> socket.socket:
        line = socket.create_connection((self._place.hostname or "", self._place.port or 80), timeout=120)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def call(self, method: str, path: str, content: object = None, *, key: bool = False) -> Answer:
        """One call. Anything but 2xx ends the measurement with what was said."""
        named = f"Idempotency-Key: {secrets.token_hex(16)}\r\n" if key else ""
        body = b"" if content is None else json.dumps(content).encode()
        if time.perf_counter() - self._used > IDLE:
            self.close()
            self._line = self._connected()
        started = time.perf_counter()
        self._line.sendall(f"{method} {path}{self._head}{named}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head, text = self._answer()
        self._used = time.perf_counter()
        took = (self._used - started) * 1000
        if not head.startswith("http/1.1 2"):
            raise SystemExit(f"{method} {path} answered {head.splitlines()[0]}: {text.decode()}")
        return Answer(json.loads(text), took, _header(head, "x-bench-shape"))

    def _answer(self) -> tuple[str, bytes]:
        """The head of an answer in small letters, and its body."""
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        head, got = got[:end].decode("latin-1").lower(), got[end + 4 :]
        while len(got) < int(_header(head, "content-length")):
            got += self._more()
        return head, got

    def _more(self) -> bytes:
        received = self._line.recv(65536)
        if not received:
            raise SystemExit("the server closed the line")
        return received

    def start(self) -> Answer:
        """Hand in a complaint by phone."""
        path = "/api/v1/complaints?form=complaint_by_phone"
        return self.call("POST", path, {"answers": COMPLAINT}, key=True)

    def complete(self, user_task_id: int, *, again: bool = False) -> Answer:
        """Complete a user task; `again` asks for one more round."""
        answers = {"remark": REMARK, "again": "ja" if again else "nee"}
        return self.call("POST", f"/api/v1/user-tasks/{user_task_id}/complete", {"answers": answers}, key=True)

    def bare(self, shape: str) -> Answer:
        """The same statements with nothing around them."""
        return self.call("POST", f"/bench/bare?{urlencode({'shape': shape})}")

    def open_user_tasks(self) -> list[int]:
        """Every open user task, the most pressing first."""
        found: list[int] = []
        after: str | None = ""
        while after is not None:
            page = self.call(
                "GET", f"/api/v1/worklist?{urlencode({'limit': 200, **({'after': after} if after else {})})}"
            )
            found += [item["id"] for item in page.content["items"]]
            after = page.content["next"]
        return found

    def close(self) -> None:
        self._line.close()


def _header(head: str, name: str) -> str:
    return head.partition(f"\r\n{name}: ")[2].partition("\r\n")[0]


def at_once(clients: Iterable[Client], work: Callable[[Client, int], list[Answer]]) -> tuple[list[Answer], float]:
    """Let each client do its share at the same time. The answers, and the seconds from the first call to the last answer."""
    answers: list[Answer] = []
    failed: list[BaseException] = []

    def share(client: Client, number: int) -> None:
        try:
            answers.extend(work(client, number))
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=share, args=(client, number)) for number, client in enumerate(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return answers, time.perf_counter() - started


def deal(
    address: str, token: str, work: Callable[[Client, Any], list[Answer]], items: list[Any]
) -> tuple[list[Answer], float]:
    """Deal the items over four clients that work at the same time. The answers, and the seconds it took."""
    clients = [Client(address, token) for _ in range(CLIENTS)]
    done = at_once(clients, lambda client, number: [a for item in items[number::CLIENTS] for a in work(client, item)])
    for client in clients:
        client.close()
    return done


def complete_twice(client: Client, user_task: int) -> list[Answer]:
    """Both user tasks of a case."""
    first = client.complete(user_task)
    return [first, client.complete(first.content["next_user_task_id"])]
