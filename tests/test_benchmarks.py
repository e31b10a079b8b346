"""The benchmarks: the libraries do the same work, and the page says what was measured."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
page: Any = pytest.importorskip("benchmarks.page")


def test_the_page_says_what_was_measured() -> None:
    """Every table on the page is the one that the kept results make."""
    found = [json.loads(path.read_text()) for path in page.RESULTS]
    text = page.PAGE.read_text("utf-8")
    assert page.written(text, found) == text
    assert text.count("<!-- measured: ") == text.count("<!-- end -->") == 7


def test_the_chart_is_that_of_the_results(tmp_path: Path) -> None:
    """The chart shows each ratio of the kept results."""
    rows = json.loads(page.RESULTS[0].read_text())["epochs"]["sgd"]["rows"]
    drawn = page.CHART.read_text("utf-8")
    for row in rows.values():
        for peer in ("torch", "sklearn", "jax scan"):
            assert f">{row[peer]['ratio']:.2f}<" in drawn


@pytest.mark.skipif(importlib.util.find_spec("polars") is None, reason="needs polars")
def test_a_table_is_read_by_all_ways() -> None:
    """In a small form each way of reading has its seconds and its memory."""
    command = [sys.executable, "-m", "benchmarks.reading", "--rows", "50", "--turns", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)
    head, _, *rows = done.stdout.splitlines()
    assert head.startswith("| 50 rows x 20 columns")
    assert len(rows) == 4
    assert all(float(row.split("|")[2]) >= 0 for row in rows)


PEERS = ("torch", "jax", "sklearn")


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in PEERS), reason=f"needs all of {', '.join(PEERS)}"
)
def test_the_losses_agree(tmp_path: Path) -> None:
    """In the small form every library comes to the same loss, or it would end with an error."""
    out = tmp_path / "small.json"
    command = [sys.executable, "-m", "benchmarks", "--small", "--turns", "1", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(out.read_text())
    (row,) = found["epochs"]["sgd"]["rows"].values()
    assert set(row) == {"fnnet", "torch", "jax scan", "sklearn"}
    assert all(part["seconds"] > 0 for part in row.values())
    assert row["fnnet"]["loss"] == pytest.approx(row["torch"]["loss"], rel=1e-3)


TABLES = ("sklearn", "pandas", "palmerpenguins", "vega_datasets")


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in TABLES), reason=f"needs all of {', '.join(TABLES)}"
)
def test_tables_in_their_small_form(tmp_path: Path) -> None:
    """Both learn the same folds of a table of classes and of one of numbers, and no worse than a blind guess."""
    out = tmp_path / "tables.json"
    command = [sys.executable, "-m", "benchmarks.tables", "--small", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(out.read_text("utf-8"))["tables"]
    assert set(found) == {"iris", "barley"}
    assert min(found["iris"][who]["score"] for who in ("fnnet", "sklearn")) > 0.8
    assert min(found["barley"][who]["score"] for who in ("fnnet", "scaled")) > 0.5
    assert all(row["ratio"] > 0 for row in found.values())


def test_the_page_counts_the_tables_by_what_it_shows() -> None:
    """A difference that is not shown counts for nothing, one that is shown does."""
    rows = [(0.9004, 0.9001, 0.9004), (0.9004, 0.9014, 0.91)]
    kept = {
        str(i): {**{who: {"score": score} for who, score in zip(("fnnet", "sklearn", "scaled"), row, strict=True)},
                 "ratio": 0.5 + i / 10}
        for i, row in enumerate(rows)
    }  # fmt: skip
    said = page._summed_up(kept)
    assert said.startswith("At least as good on 1 of 2, and on 1 of 2 with")
    assert "in 0.50 to 0.60 of the time" in said


def test_other_losses_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer whose loss is another ends the benchmark, and no ratio is given."""
    from benchmarks import run
    from benchmarks.work import Work

    class Other:
        """A worker that answers what it is told to."""

        def __init__(self, library: str, work: Work) -> None:
            self.loss = {"fnnet": 1.0, "torch": 1.002}[library]

        def __enter__(self) -> "Other":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def turn(self, task: str, count: int) -> dict[str, Any]:
            return {"seconds": 1.0, "loss": self.loss}

    monkeypatch.setattr(run, "Worker", Other)
    with pytest.raises(RuntimeError, match=r"2-8-2 sgd: torch has loss 1.002, fnnet 1.0"):
        run.compare(("fnnet", "torch"), Work((2, 8, 2), 4, "sgd", "xor"), "epoch", 1, 1)
