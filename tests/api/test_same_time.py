"""Several people submit the same user task at the same moment: one wins, the others are told, and the case goes on."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.api.conftest import API, Caller, Program

ANSWERS = {"matter": "complaint", "judged_urgent": "nee"}


def test_of_two_who_submit_the_same_user_task_exactly_one_wins(program: Program) -> None:
    people = [program("intake_officer"), program("intake_officer")]
    auditor = program("auditor")
    for _ in range(5):
        number = people[0].complaint()
        address = f"{API}/user-tasks/{people[0].open_tasks(number)['assess_intake']['id']}/complete"
        together = Barrier(2)

        def submit(who: Caller, address: str = address, together: Barrier = together) -> tuple[int, str]:
            together.wait()
            answer = who.post(address, json={"answers": ANSWERS})
            return answer.status_code, answer.json().get("title", "")

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(submit, people))
        assert answers == [(200, ""), (409, "UserTaskAlreadyCompleted")]
        assert list(people[0].open_tasks(number)) == ["decide_admissibility"]
        assert auditor.get(f"{API}/cases/{number}/verify").json()["ok"] is True


def test_of_two_who_claim_the_same_user_task_one_has_it(program: Program) -> None:
    people = [program("intake_officer"), program("intake_officer")]
    number = people[0].complaint()
    address = f"{API}/user-tasks/{people[0].open_tasks(number)['assess_intake']['id']}"
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda who: who.post(f"{address}/claim"), people))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (loser,) = [who for who, answer in zip(people, answers, strict=True) if answer.status_code == 409]
    refused = loser.post(f"{address}/complete", json={"answers": ANSWERS})
    assert (refused.status_code, refused.json()["title"]) == (409, "UserTaskClaimedByOther")
