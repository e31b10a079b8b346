"""PyTorch eager: the loop that its tutorials teach."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from benchmarks.work import LR, Work


def prepare(work: Work) -> tuple[Callable[[int], float], Callable[[Any], Any]]:
    """nn.Sequential, CrossEntropyLoss, torch.optim."""
    torch.set_num_threads(work.threads)
    arrays = work.load()
    x, y = torch.tensor(arrays[0]), torch.tensor(arrays[1]).long()
    layers: list[nn.Module] = []
    for W, b in work.weights():
        linear = nn.Linear(*W.shape, dtype=x.dtype)
        linear.weight.data, linear.bias.data = torch.tensor(W).T.contiguous(), torch.tensor(b)
        layers += [linear, nn.Sigmoid()]
    net, loss = nn.Sequential(*layers[:-1]), nn.CrossEntropyLoss()
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[work.optimizer](
        net.parameters(), lr=LR[work.optimizer]
    )

    def epoch(number: int) -> float:
        total = 0.0
        for rows in work.batches(number, len(x)):
            some = torch.tensor(rows)
            optimizer.zero_grad()
            value = loss(net(x[some]), y[some])
            value.backward()
            optimizer.step()
            total += value.item() * len(rows)
        return total / len(x)

    def predict(images: Any) -> Any:
        with torch.no_grad():
            return net(torch.from_numpy(images)).numpy()

    return epoch, predict
