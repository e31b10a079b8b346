"""`fnnet check`: every layer's backward against measured derivatives."""

from typing import Annotated, Any, Optional

import numpy as np
import typer

from fnnet.checking import Report, check_gradients, check_laws
from fnnet.checking.samples import samples
from fnnet.cli import options as o
from fnnet.cli.flags import Said, settings
from fnnet.cli.output import add_row, print_json, print_table, say, table, visible
from fnnet.datasets import Dataset
from fnnet.network.modes import offers
from fnnet.runs.build import experiment
from fnnet.runs.recipe import usual
from fnnet.values.keys import Key, Purpose, generator, key
from fnnet.values.record import evolve


@settings("hidden", "activation", "init", "dropout", "batch_norm", "shift", "loss", "seed")
def check(
    data: Annotated[
        Optional[str], typer.Argument(metavar="[DATA]", help="Check the network for this data set too.")
    ] = None,
    json: o.Json = False,
    *,
    said: Said,
) -> None:
    """Compare every layer's backward with measured derivatives, and put it through the laws of a layer.

    The derivatives are taken by a complex step, in float64: a right backward agrees to about 1e-14. Exits with 1
    when anything fails.
    """
    rows = [_layer(sample) for sample in samples()]
    if data is not None:
        rows += _network(data, said)
    if json:
        print_json({"passed": all(row["passed"] for row in rows), "checks": rows})
    else:
        _print(rows)
    if not all(row["passed"] for row in rows):
        raise SystemExit(1)


def _layer(sample: Any) -> dict[str, Any]:
    x = sample.x()
    verdicts = check_laws(sample.layer, x, key=sample.key, skip=sample.skip)
    broken = [f"{verdict.law}: {verdict.complaint}" for verdict in verdicts if verdict.complaint]
    return _row(sample.name, check_gradients(sample.layer, x, key=sample.key), len(verdicts), broken)


def _network(name: str, said: Said) -> list[dict[str, Any]]:
    data = o.stand_in(name)
    run = experiment(evolve(usual(data), **said, batch_size=1), data)
    x, y = _some_rows(data), data.y[:8]
    modes: dict[str, Key | None] = {"": None}
    if offers(run.net, "training"):
        modes[", training"] = key(run.recipe.seed, Purpose.NOISE)
    network = (run.net, run.loss(run.targets(y)))
    return [
        _row(f"{name} network and loss{mode}", check_gradients(network, x, key=k), 0, []) for mode, k in modes.items()
    ]


def _some_rows(data: Dataset) -> Any:
    """Eight examples; random bytes where the data set is only known by its shape."""
    x = data.x[:8]
    return x if x.any() else generator(key(0, Purpose.CHECK, step=5)).integers(0, 256, x.shape)


def _row(name: str, report: Report, laws: int, broken: list[str]) -> dict[str, Any]:
    worst = report.worst
    return {
        "name": name,
        "passed": report.passed and not broken,
        "worst": worst.path,
        "error": float(worst.error) if np.isfinite(worst.error) else None,
        "method": worst.method,
        "entries": sum(row.checked for row in report.rows),
        "kinks": sum(row.kinks for row in report.rows),
        "laws": laws,
        "broken": broken,
    }


def _print(rows: list[dict[str, Any]]) -> None:
    made = table("layer", "", "worst in", ">error", ">kinks", ">laws")
    for row in rows:
        error = "not finite" if row["error"] is None else f"{row['error']:.1e}"
        laws = f"{row['laws'] - len(row['broken'])}/{row['laws']}" if row["laws"] else ""
        verdict = "ok" if row["passed"] else "FAILED"
        add_row(made, row["name"], verdict, row["worst"], error, str(row["kinks"]), laws)
    print_table(made, keep=2)
    say(f"error: relative, against {' and '.join(sorted({row['method'] for row in rows}))} in float64")
    for row in rows:
        for sentence in row["broken"]:
            say(f"{visible(row['name'])}: {visible(sentence)}")
