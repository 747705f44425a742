"""The page of a decision's scenario tests, in a real browser: looked at, read by axe, and worked without a mouse."""

import pytest

from tests.browser.conftest import Open, looks_right

HERE = "/studio/beslissingen/first_line_gate/proefgevallen"


@pytest.mark.parametrize(("address", "name"), [(HERE, "scenarios"), (f"{HERE}?geval=8", "scenarios_one")])
def test_the_page_looks_right(open_page: Open, address: str, name: str) -> None:
    looks_right(open_page, address, name, "process_manager")
