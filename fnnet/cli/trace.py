"""`fnnet trace`: the worked example of back-propagation, for the board, the slide and the exercise sheet."""

import sys

from rich.text import Text

from fnnet import teaching
from fnnet.cli import options as o
from fnnet.cli.example import Asked, TracedLoss, task_of
from fnnet.cli.output import err, out, print_json
from fnnet.values.errors import UsageError

#: The lines of a text that are headings.
HEADINGS = rf"(?m)^([a-z0-9 ]+, )?({'|'.join(teaching.KINDS)})$"


def trace(
    run: o.MaybeRun = None,
    weights: o.Weights = None,
    activation: o.Activation = None,
    output: o.Output = None,
    loss: TracedLoss = None,
    sizes: o.Sizes = None,
    x: o.X = None,
    target: o.Wanted = None,
    random: o.Random = None,
    lr: o.Eta = 0.5,
    digits: o.Digits = 4,
    max_units: o.MaxUnits = teaching.LIMIT,
    format: o.Format = "text",
    blank: o.Blank = None,
    solution: o.Solution = False,
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    json: o.Json = False,
) -> None:
    """Work out one step of back-propagation: forward, backward and the update, in the lecture's letters.

    Each line is a quantity, its formula, the numbers put in, and the result. Without RUN and --weights the network
    has two inputs, two hidden sigmoid units and one output, and the example is XOR's 1,0. What is calculated from a
    blank is blank too, so that no line gives an answer away.

    fnnet trace

    fnnet trace --weights mine.txt --x 1,0 --target 1 --lr 0.1 --format latex

    fnnet trace runs/xor --x 0,1

    fnnet trace --blank errors,gradients

    fnnet trace --blank errors,gradients --solution

    fnnet trace --random 7 --sizes 3,2,1 --blank forward
    """
    if format not in teaching.FORMATS:
        raise UsageError(f"format must be one of {', '.join(teaching.FORMATS)}, got {format!r}")
    cells = [cell.strip() for part in blank or [] for cell in part.split(",")]
    if solution and not cells:
        raise UsageError("--solution prints what --blank leaves blank; say --blank too, such as --blank gradients")
    asked = Asked(
        run, weights, activation, output, x, target, data_dir, mirror, random, sizes, limit=max_units, loss=loss
    )
    net, chosen, inputs = task_of(asked)
    rows = teaching.blank(teaching.trace(net, chosen, inputs, lr, digits=digits, limit=max_units), cells)
    sheet, rows = rows, teaching.solution(rows) if solution else rows
    if json:
        print_json([teaching.record(row) for row in rows])
    elif format == "text":
        shown = Text(teaching.text(rows, out.width, sheet))
        shown.highlight_regex(HEADINGS, "bold")
        out.print(shown, end="")
    else:
        sys.stdout.write(teaching.FORMATS[format](rows))
    if cells and not solution:
        err.print("what is blank: the same command with --solution")
