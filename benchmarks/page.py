"""The kept results as tables and a chart in ``docs/benchmarks.md``: ``python -m benchmarks.page``.

Nothing on the page between its marks is written by hand; a test compares them.
"""

import json
import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
PAGE, CHART = DOCS / "benchmarks.md", DOCS / "_static" / "benchmarks.svg"
RESULTS = [Path(__file__).with_name(f"results-{threads}.json") for threads in (1, 2)]
TABLES = Path(__file__).with_name("results-tables.json")
MARKED = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- end -->)", re.S)
NAMES = {
    "torch": "PyTorch eager",
    "sklearn": "scikit-learn",
    "jax scan": "JAX, whole epoch jitted",
    "jax": "JAX, jitted step",
}


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, its first column words and the others numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def ratio(row: dict[str, Any]) -> str:
    """A ratio, and the peer's time behind it."""
    return f"{row['ratio']:.2f}"


def time(seconds: float) -> str:
    """Seconds in a unit that suits them.

    >>> time(2.2e-05), time(0.0123), time(1.5)
    ('22 us', '12 ms', '1.5 s')
    """
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} us"
    return f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.2g} s"


def goals(found: list[dict[str, Any]]) -> str:
    """Each goal beside what was measured."""

    def row(title: str, goal: float, *way: str) -> list[str]:
        return [title, f"{goal:.2f}", *(f"{_at(run, way):.2f}" for run in found)]

    rows = [
        row("SGD, four networks / PyTorch eager", 0.60, "epochs", "sgd", "means", "torch"),
        row("Adam, four networks / PyTorch eager", 0.55, "epochs", "adam", "means", "torch"),
        row("SGD, four networks / scikit-learn", 0.40, "epochs", "sgd", "means", "sklearn"),
        row("SGD, four networks / JAX, whole epoch jitted", 1.0, "epochs", "sgd", "means", "jax scan"),
        row("a step of XOR / PyTorch eager", 0.12, "xor step", "torch", "ratio"),
        row("a step of XOR / JAX, jitted step", 1.0, "xor step", "jax", "ratio"),
        row("10,000 predictions / PyTorch eager", 0.80, "prediction", "torch", "ratio"),
        row("peak memory of `train mnist` / PyTorch script", 0.50, "first epoch", "ratio peak_mb"),
        row("from the command to the end of the first epoch / PyTorch script", 0.35, "first epoch", "ratio seconds"),
        row("training loop to 98.0 % / PyTorch script", 0.60, "to 98 %", "ratio seconds"),
        row("784-128-10, share of the sgemm limit: at least", 0.65, "share of sgemm", "784-128-10 sgd"),
        row("784-512-512-10, share of the sgemm limit: at least", 0.85, "share of sgemm", "784-512-512-10 sgd"),
    ]
    return table(["fnnet / peer", "goal", *(_cores(run) for run in found)], rows)


def _at(run: Any, way: tuple[str, ...]) -> float:
    for name in way:
        run = run[name]
    return float(run)


def _cores(run: dict[str, Any]) -> str:
    many = run["environment"]["threads"]
    return f"{many} core{'s' * (many > 1)}"


def epochs(found: list[dict[str, Any]]) -> str:
    """Every network: fnnet's epoch, and the ratio to each peer."""
    peers = [name for name in NAMES if name != "jax"]
    rows = []
    for run in found:
        for optimizer in ("sgd", "adam"):
            for name, row in run["epochs"][optimizer]["rows"].items():
                rows.append([f"{name}, {_cores(run)}", time(row["fnnet"]["seconds"]), *(ratio(row[p]) for p in peers)])
    return table(["an epoch of 60,000 images", "fnnet", *(f"/ {NAMES[p]}" for p in peers)], rows)


def whole(found: list[dict[str, Any]]) -> str:
    """Whole programs, in seconds and MB."""
    rows = []
    for run in found:
        first, far = run["first epoch"], run["to 98 %"]
        for title, key, unit in (("to the end of the first epoch", "seconds", "s"), ("peak memory", "peak_mb", "MB")):
            rows.append([f"{title}, {_cores(run)}", *(f"{first[name][key]:.3g} {unit}" for name in ("fnnet", "torch"))])
        rows.append(
            [
                f"training loop to 98.0 %, {_cores(run)}",
                *(f"{far[name]['seconds']:.2f} s" for name in ("fnnet", "torch")),
            ]
        )
    return table(["MNIST, 784-256-10 with ReLU", "fnnet", "PyTorch"], rows)


def parts(found: list[dict[str, Any]]) -> str:
    """Where a bare step's time goes, in microseconds, on one core, and fnnet's step beside it."""
    run = found[0]
    nets = list(run["parts"])
    rows = [[part, *(f"{run['parts'][net][part]:.0f}" for net in nets)] for part in run["parts"][nets[0]]]
    ours = [run["epochs"]["sgd"]["rows"][f"{net} sgd"]["fnnet"]["seconds"] / 469 * 1e6 for net in nets]
    rows.append(["fnnet's step", *(f"{each:.0f}" for each in ours)])
    return table(["us a step, 1 core", *nets], rows)


def start(found: list[dict[str, Any]]) -> str:
    """How long processes take that only start."""
    return table(
        ["a process that does nothing but", "seconds"], [[f"`{k}`", f"{v:.2f}"] for k, v in found[0]["start"].items()]
    )


def tables(_found: list[dict[str, Any]]) -> str:
    """Each table, from its own results: how good fnnet and scikit-learn are at it, and how long they take."""
    found = json.loads(TABLES.read_text("utf-8"))
    kept, env = found["tables"], found["environment"]
    head = [
        "data set",
        "rows",
        "figure",
        "fnnet",
        "scikit-learn",
        "its targets scaled",
        "fnnet's fit",
        "/ scikit-learn",
    ]
    rows = [
        [
            *(name, f"{row['rows']:,}", row["figure"]),
            *(f"{row[who]['score']:.3f}" if who in row else "" for who in ("fnnet", "sklearn", "scaled")),
            *(time(row["fnnet"]["seconds"]), f"{row['ratio']:.2f}"),
        ]
        for name, row in kept.items()
    ]
    versions = ", ".join(f"{name} {env['versions'][name]}" for name in ("numpy", "scikit-learn"))
    return f"{table(head, rows)}\n{_summed_up(kept)} {env['cpu']}, Python {env['python']}, {versions}.\n"


def _summed_up(kept: dict[str, Any]) -> str:
    """In how many tables fnnet is at least as good, by the figures that are shown."""

    def good(peer: str) -> str:
        there = [row for row in kept.values() if peer in row]
        many = sum(round(row["fnnet"]["score"], 3) >= round(row[peer]["score"], 3) for row in there)
        return f"{many} of {len(there)}"

    ratios = [row["ratio"] for row in kept.values()]
    return (
        f"At least as good on {good('sklearn')}, and on {good('scaled')} with scikit-learn's targets scaled; in "
        f"{min(ratios):.2f} to {max(ratios):.2f} of the time."
    )


def machine(found: list[dict[str, Any]]) -> str:
    """What it was measured on, and by which commands."""
    env, turns = found[0]["environment"], found[0]["turns"]
    versions = ", ".join(f"{name} {number}" for name, number in env["versions"].items())
    on = f"{env['cpu']}, Python {env['python']}, {versions}; medians of {turns} interleaved turns."
    return "\n".join([on, "", "```", *(run["command"] for run in found), "```", ""])


def written(page: str, found: list[dict[str, Any]]) -> str:
    """The page with everything between its marks made anew."""
    made = {"goals": goals, "epochs": epochs, "whole": whole, "parts": parts, "start": start, "machine": machine}
    made["tables"] = tables
    return MARKED.sub(lambda match: f"{match[1]}\n{made[match[2]](found)}\n{match[3]}", page)


def chart(found: list[dict[str, Any]], path: Path) -> None:
    """The ratios of an epoch by SGD as bars, one group a network, as SVG; readable on light and on dark."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "fnnet", "svg.fonttype": "none", "font.family": "sans-serif"})
    from matplotlib import pyplot as plt

    rows = found[0]["epochs"]["sgd"]["rows"]
    peers = {"torch": "#d9480f", "sklearn": "#7048e8", "jax scan": "#0c8599"}
    fig, ax = plt.subplots(figsize=(7, 3.4))
    for number, (peer, color) in enumerate(peers.items()):
        places = [i + 0.27 * (number - 1) for i in range(len(rows))]
        bars = ax.bar(
            places, [row[peer]["ratio"] for row in rows.values()], 0.25, color=color, label=f"/ {NAMES[peer]}"
        )
        ax.bar_label(bars, fmt="%.2f", color="#868e96", fontsize=8)
    ax.axhline(1.0, color="#868e96", linewidth=1)
    ax.set_xticks(range(len(rows)), [name.removesuffix(" sgd") for name in rows])
    ax.set_ylabel("fnnet / peer, below 1 is faster")
    ax.legend(frameon=False, labelcolor="#868e96", fontsize=8, loc="upper left", ncols=3)
    ax.set_ylim(0, 1.35)
    ax.tick_params(colors="#868e96")
    ax.yaxis.label.set_color("#868e96")
    for side in ax.spines.values():
        side.set_visible(False)
    fig.savefig(path, transparent=True, bbox_inches="tight", metadata={"Date": None})


def main() -> None:
    """Write the page and the chart."""
    found = [json.loads(path.read_text()) for path in RESULTS if path.exists()]
    PAGE.write_text(written(PAGE.read_text("utf-8"), found), "utf-8")
    chart(found, CHART)


if __name__ == "__main__":
    main()
