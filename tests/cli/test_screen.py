"""The command `screen`: one table, and nothing judged twice."""

import csv

import pytest
from typer.testing import CliRunner

from tests.screening.drawn_files import drawn_files, write_files
from xray_core.cli.app import app
from xray_core.datasets.synthetic import draw_xray, encode_png
from xray_core.diagnosis.diagnose import load_diagnoser
from xray_core.images.decode import decode_xray


@pytest.fixture
def folder(tmp_path):
    return write_files(tmp_path / "xrays", drawn_files())


@pytest.fixture
def out(tmp_path):
    return tmp_path / "new folder" / "results.csv"


def screen(folder, out, *more):
    return CliRunner().invoke(app, ["screen", str(folder), "--out", str(out), *more])


def rows(out):
    with out.open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def test_every_file_has_a_line_and_a_failure_is_told(folder, out):
    result = screen(folder, out)
    assert result.exit_code == 1
    assert "2 without a verdict" in result.output
    assert set(rows(out)) == set(drawn_files())
    assert rows(out)["a/sick.png"]["verdict"] in ("pneumonia", "normal")


def test_verdicts_are_those_of_the_error_rate_that_was_asked_for(folder, out):
    screen(folder, out, "--error-rate", "0.2")
    diagnosis = load_diagnoser().diagnose(decode_xray(drawn_files()["b/well.png"]), error_rate=0.2)
    line = rows(out)["b/well.png"]
    assert line["verdict"] == diagnosis.verdict == "cannot tell"
    assert float(line["normal_below"]) == pytest.approx(diagnosis.cutoffs.low, abs=1e-6)


def test_an_error_rate_is_refused_where_a_model_cannot_promise_it(folder, out):
    result = screen(folder, out, "--model", "c1-dense-none", "--error-rate", "0.01")
    assert result.exit_code == 1
    assert "--error-rate: expected a model that came with" in " ".join(result.output.split())
    assert not out.exists()


def test_verdicts_of_two_error_rates_never_stand_in_one_table(folder, out):
    screen(folder, out)
    before = out.read_bytes()
    result = screen(folder, out, "--error-rate", "0.2")
    assert result.exit_code == 1
    assert "another error rate" in " ".join(result.output.split())
    assert out.read_bytes() == before


def test_a_second_time_nothing_is_judged_again(folder, out):
    screen(folder, out)
    before = out.read_bytes()
    result = screen(folder, out)
    assert "nothing new; 5 were there already" in result.output
    assert result.exit_code == 0
    assert out.read_bytes() == before


def test_only_what_is_new_or_changed_is_judged(folder, out):
    screen(folder, out)
    lines = len(out.read_text().splitlines())
    changed = encode_png(draw_xray(seed=9, pneumonia=True, size=224))
    (folder / "b/well.png").write_bytes(changed)
    (folder / "new.png").write_bytes(changed)
    assert "4 were there already" in screen(folder, out).output
    assert len(out.read_text().splitlines()) == lines + 2


def test_a_line_that_was_cut_off_is_made_anew(folder, out):
    screen(folder, out)
    whole = rows(out)
    out.write_bytes(out.read_bytes()[:-30])
    screen(folder, out)
    assert rows(out) == whole


def test_another_file_is_never_overwritten(folder, out):
    out.parent.mkdir()
    out.write_text("my,own,table\n1,2,3\n")
    result = screen(folder, out)
    assert result.exit_code == 1
    assert "Expected results of this command" in result.output
    assert out.read_text() == "my,own,table\n1,2,3\n"


def test_a_missing_folder_is_a_sentence(tmp_path, out):
    result = screen(tmp_path / "nowhere", out)
    assert result.exit_code == 1
    assert "Expected a folder of X-rays" in result.output
