"""The parts of a whole run as JSON has them, in the form that `fnnet.seeing.whole` describes."""

import base64
from typing import Any

import numpy as np

from fnnet.datasets import Dataset
from fnnet.seeing import shown_rows
from fnnet.seeing.answers import Answers
from fnnet.seeing.histograms import LayerOverTime, Quiet, Spread
from fnnet.seeing.seen_weights import Heat, Pictures
from fnnet.values.array import Array


def layer_plain(layer: LayerOverTime) -> dict[str, Any]:
    """A layer over time."""
    spreads = {"outputs": _spread(layer.outputs), "gradients": layer.gradients and _spread(layer.gradients)}
    return {"place": layer.place, "name": layer.name, **spreads, "quiet": layer.quiet and _quiet(layer.quiet)}


def _spread(spread: Spread) -> dict[str, Any]:
    counts, lost = spread.counts.tolist(), spread.lost.tolist()
    return {"low": spread.low, "high": spread.high, "counts": counts, "lost": lost}


def _quiet(quiet: Quiet) -> dict[str, Any]:
    return {"kind": quiet.kind, "units": quiet.units.shape[1], "bits": _text(np.packbits(quiet.units, axis=1))}


def weights_plain(weights: Pictures | Heat | None) -> dict[str, Any] | None:
    """The weights of a layer, as pictures or as a table; None where there are none."""
    if isinstance(weights, Heat):
        values = [[_number(value) for value in row] for row in weights.values.tolist()]
        size = {"layer": weights.layer, "inputs": weights.inputs, "units": weights.units}
        return {**size, "names": list(weights.names), "values": values}
    return weights and _pictures(weights)


def _pictures(pictures: Pictures) -> dict[str, Any]:
    values = np.nan_to_num(pictures.values.astype(np.float64), posinf=0.0, neginf=0.0)
    largest = float(np.abs(values).max(initial=0.0))
    pixels = np.rint(values * (127 / largest if largest else 0.0)).astype(np.int8)
    size = {"layer": pictures.layer, "units": pictures.units, "shape": list(values.shape)}
    return {**size, "largest": largest, "pixels": _text(pixels)}


def answers_plain(data: Dataset | None, answers: Answers | None) -> dict[str, Any]:
    """What was said of the test part of the data, with the rows that are shown; nothing where nothing was asked."""
    if data is None or answers is None:
        nothing: dict[str, Any] = {"confusion": None, "points": None, "pictures": None, "target": None, "examples": 0}
        return {**nothing, "classes": [], "columns": [], "cells": [], "rows": [], "worst": []}
    place = {row: i for i, row in enumerate(answers.shown)}
    images = shown_rows.pictures(data, list(answers.shown))
    points = answers.points
    return {
        "examples": len(data.y_test),
        "classes": list(data.classes),
        "target": data.schema and data.schema.target,
        "columns": shown_rows.names(data),
        "confusion": None if answers.confusion is None else answers.confusion.tolist(),
        "cells": [[*cell, [place[row] for row in rows]] for cell, rows in answers.cells],
        "rows": [_row(data, answers, row) for row in answers.shown],
        "worst": [place[row] for row in answers.worst],
        "points": None if points is None else [[_number(a) for a in point] for point in points.tolist()],
        "pictures": None if images is None else {"shape": list(images.shape), "pixels": _text(images)},
    }


def _row(data: Dataset, answers: Answers, row: int) -> dict[str, Any]:
    p, target = answers.outputs[row], data.y_test[row].item()
    said = {"said": int(p.argmax()), "shares": _shares(p, target)} if data.classes else {"said": _number(p[0])}
    return {"row": row, "target": target, "shares": [], **said, "cells": shown_rows.cells(data, row)}


def _shares(p: Array, target: int) -> list[list[Any]]:
    places = dict.fromkeys([*np.argsort(-p, kind="stable")[:3].tolist(), target])
    return [[i, _number(p[i])] for i in places]


def _number(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None


def _text(a: Array) -> str:
    return base64.b64encode(np.ascontiguousarray(a).tobytes()).decode("ascii")
