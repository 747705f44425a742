"""`ombudsflow backup` and `restore`: a copy while it works, put back elsewhere."""

from pathlib import Path

from tests.cli.conftest import Command


def test_a_copy_is_put_back_in_an_empty_office_and_its_chains_hold(command: Command, tmp_path: Path) -> None:
    copy, folder = tmp_path / "copy.tar", tmp_path / "elsewhere"
    elsewhere = {"OMBUDSFLOW_DATA_DIR": str(folder), "OMBUDSFLOW_DATABASE_URL": f"sqlite:///{folder / 'office.db'}"}
    assert command("setup").exit_code == 0
    made = command("backup", str(copy), "--with-key")
    assert (made.exit_code, "attachments" in made.stdout) == (0, True)
    back = command("restore", str(copy), **elsewhere)
    assert (back.exit_code, "chains hold" in back.stdout) == (0, True)
    assert command("setup", **elsewhere).stdout.endswith("All shipped definitions were there.\n")
    again = command("restore", str(copy), **elsewhere)
    assert (again.exit_code, "er is niets gewijzigd" in again.output) == (1, True)


def test_a_copy_is_never_written_over(command: Command, tmp_path: Path) -> None:
    (tmp_path / "copy.tar").write_text("something else")
    command("setup")
    assert command("backup", str(tmp_path / "copy.tar")).exit_code == 2
    assert (tmp_path / "copy.tar").read_text() == "something else"
