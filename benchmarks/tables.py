"""fnnet's defaults for tables against scikit-learn's: ``python -m benchmarks.tables [--small] [--out FILE]``.

Each data set is cut into 5 folds by 5 seeds, and both learn each of the 25 training parts in turn, on one BLAS thread,
from the same data frame: fnnet as ``dataset`` and the usual recipe have it; scikit-learn's MLP at its defaults, behind
what its users put before it. ``scaled`` is its MLPRegressor once more, with targets brought to mean 0 and deviation 1.
The results are kept in ``benchmarks/results-tables.json``; `python -m benchmarks.page` brings them into the docs.
"""

import argparse
import json
import statistics
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from palmerpenguins import load_penguins
from sklearn import datasets
from sklearn.compose import TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits
from vega_datasets import data as vega

from benchmarks.__main__ import environment
from fnnet import predict
from fnnet.datasets import dataset
from fnnet.runs.build import experiment
from fnnet.runs.recipe import usual
from fnnet.values.record import evolve

#: A frame and the name of what is to be predicted in it; texts are classes.
Table: TypeAlias = tuple[pd.DataFrame, str]
#: From training rows, test rows, the target and a seed to the predictions for the test rows and the seconds of the fit.
Learner: TypeAlias = Callable[[pd.DataFrame, pd.DataFrame, str, int], tuple[Any, float]]

WHO = ("fnnet", "sklearn", "scaled")
OUT = Path(__file__).with_name("results-tables.json")


def shipped(bunch: Any) -> Table:
    """A data set of scikit-learn's."""
    names = getattr(bunch, "target_names", ())
    frame = pd.DataFrame(bunch.data, columns=[f"x{i}" for i in range(bunch.data.shape[1])])
    return frame.assign(y=[str(names[i]) for i in bunch.target] if len(names) else bunch.target), "y"


def made(x: Any, y: Any) -> Table:
    """A data set of numbers that one of scikit-learn's generators made."""
    return pd.DataFrame(x, columns=[f"x{i}" for i in range(x.shape[1])]).assign(y=y), "y"


def cars() -> Table:
    """Miles per gallon of cars, by their origin, year and more, with gaps."""
    frame = vega.cars().dropna(subset="Miles_per_Gallon")
    return frame.assign(Year=frame.Year.dt.year).drop(columns="Name"), "Miles_per_Gallon"


def penguins(target: str) -> Table:
    """Penguins, with two columns of categories, and gaps."""
    return load_penguins().dropna(subset=target), target


#: The data sets: chosen before there was a result. None of them was used to choose a setting.
TABLES: dict[str, Callable[[], Table]] = {
    "iris": lambda: shipped(datasets.load_iris()),
    "wine": lambda: shipped(datasets.load_wine()),
    "breast cancer": lambda: shipped(datasets.load_breast_cancer()),
    "digits": lambda: shipped(datasets.load_digits()),
    "penguins, species": lambda: penguins("species"),
    "Seattle's weather": lambda: (vega.seattle_weather().drop(columns="date"), "weather"),
    "diabetes": lambda: shipped(datasets.load_diabetes()),
    "friedman1": lambda: made(*datasets.make_friedman1(1000, noise=1.0, random_state=0)),
    "friedman2": lambda: made(*datasets.make_friedman2(1000, noise=100.0, random_state=0)),
    "penguins, body mass": lambda: penguins("body_mass_g"),
    "cars": cars,
    "barley": lambda: (vega.barley(), "yield"),
}


def is_numbers(frame: pd.DataFrame, target: str) -> bool:
    """Whether what is to be predicted is numbers."""
    return bool(pd.api.types.is_numeric_dtype(frame[target]))


def ours(train: pd.DataFrame, test: pd.DataFrame, target: str, seed: int) -> tuple[Any, float]:
    """fnnet with nothing said but the target."""
    start = time.perf_counter()
    data = dataset(train, target=target)
    ran = experiment(evolve(usual(data), seed=seed), data)
    (state,) = deque(ran.states(), maxlen=1)
    seconds = time.perf_counter() - start
    assert data.schema
    outputs = predict(state.chosen, data.schema.encode(test))
    return np.array(data.classes)[outputs.argmax(axis=1)] if data.classes else outputs[:, 0], seconds


def prepared(x: pd.DataFrame) -> Any:
    """What scikit-learn's users put before the MLP: gaps filled and shown, numbers scaled, a column for a category."""
    texts = make_column_selector(dtype_exclude="number")
    if not texts(x) and not x.isna().any(axis=None):
        return StandardScaler()
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    return make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")), (OneHotEncoder(handle_unknown="ignore"), texts)
    )


def theirs(train: pd.DataFrame, test: pd.DataFrame, target: str, seed: int, scaled: bool = False) -> tuple[Any, float]:
    """scikit-learn's MLP at its defaults."""
    start = time.perf_counter()
    x = train.drop(columns=target)
    mlp: Any = (MLPRegressor if is_numbers(train, target) else MLPClassifier)(random_state=seed)
    mlp = TransformedTargetRegressor(mlp, transformer=StandardScaler()) if scaled else mlp
    model = make_pipeline(prepared(x), mlp)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that 200 epochs are not enough
        model.fit(x, train[target])
        seconds = time.perf_counter() - start
        return model.predict(test.drop(columns=target)), seconds


def scaled(train: pd.DataFrame, test: pd.DataFrame, target: str, seed: int) -> tuple[Any, float]:
    """scikit-learn's MLPRegressor with scaled targets."""
    return theirs(train, test, target, seed, scaled=True)


def compare(frame: pd.DataFrame, target: str, seeds: int) -> dict[str, Any]:
    """The mean score and the seconds of a fit of each, over 5 folds of each seed."""
    numbers = is_numbers(frame, target)
    learners: dict[str, Learner] = {"fnnet": ours, "sklearn": theirs, **({"scaled": scaled} if numbers else {})}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in learners}
    for seed in range(seeds):
        folds = (KFold if numbers else StratifiedKFold)(5, shuffle=True, random_state=seed)
        for rows, held in folds.split(frame, frame[target]):
            train, test = frame.iloc[rows], frame.iloc[held]
            for name, learner in learners.items():
                answers, seconds = learner(train, test, target, seed)
                found[name].append(((r2_score if numbers else accuracy_score)(test[target], answers), seconds))
    return {
        "rows": len(frame),
        "figure": "R²" if numbers else "accuracy",
        **{name: averaged(of) for name, of in found.items()},
        "ratio": sum(s for _, s in found["fnnet"]) / sum(s for _, s in found["sklearn"]),
    }


def averaged(found: list[tuple[float, float]]) -> dict[str, float]:
    """The mean score, and the median of the seconds."""
    scores, seconds = zip(*found, strict=True)
    return {"score": statistics.fmean(scores), "seconds": statistics.median(seconds)}


def main() -> None:
    """Compare on all data sets, print each line, and keep the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tables", description=__doc__)
    parser.add_argument("--small", action="store_true", help="two small data sets and one seed: to see that it runs")
    parser.add_argument("--out", type=Path, default=OUT, help="the file of the results")
    given = parser.parse_args()
    names = ("iris", "barley") if given.small else tuple(TABLES)
    found: dict[str, Any] = {"environment": environment(1), "tables": {}}
    with threadpool_limits(1):
        for name in names:
            row = found["tables"][name] = compare(*TABLES[name](), seeds=1 if given.small else 5)
            figures = (f"{who} {row[who]['score']:.3f} {row[who]['seconds']:.3f} s" for who in WHO if who in row)
            print(f"{name:20} {row['figure']:8} {'  '.join(figures)}  ratio {row['ratio']:.2f}", flush=True)
    given.out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
