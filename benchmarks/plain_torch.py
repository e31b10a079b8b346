"""MNIST in plain PyTorch, as a tutorial has it: ``python plain_torch.py FOLDER SEED LR EPOCHS THREADS``.

784-256-10 with ReLU, SGD with momentum 0.9 under OneCycleLR, batches of 128; ends at 98.0 % of the test images.
"""

import gzip
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn


def images(folder: Path, name: str) -> Any:
    """An IDX file of MNIST as bytes behind its header, plain or packed."""
    path = folder / name
    data = path.read_bytes() if path.exists() else gzip.decompress(Path(f"{path}.gz").read_bytes())
    if name.endswith("idx3-ubyte"):
        return torch.tensor(np.frombuffer(data, np.uint8, offset=16).reshape(-1, 784)).float() / 255
    return torch.tensor(np.frombuffer(data, np.uint8, offset=8)).long()


def main() -> None:
    """Train, and print the seconds in the loop, evaluation left out, the epochs and the accuracy, as JSON."""
    folder, (seed, lr, epochs, threads) = Path(sys.argv[1]), map(float, sys.argv[2:])
    torch.set_num_threads(int(threads))
    torch.manual_seed(int(seed))
    x, y = images(folder, "train-images-idx3-ubyte"), images(folder, "train-labels-idx1-ubyte")
    x_test, y_test = images(folder, "t10k-images-idx3-ubyte"), images(folder, "t10k-labels-idx1-ubyte")
    net, loss = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)
    steps = math.ceil(len(x) / 128)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=int(epochs) * steps, cycle_momentum=False)
    seconds, done, accuracy = 0.0, 0, 0.0
    for epoch in range(int(epochs)):
        start = time.perf_counter()
        order = torch.randperm(len(x))
        for i in range(0, len(x), 128):
            rows = order[i : i + 128]
            optimizer.zero_grad()
            value = loss(net(x[rows]), y[rows])
            value.backward()
            optimizer.step()
            schedule.step()
        seconds += time.perf_counter() - start
        done = epoch + 1
        with torch.no_grad():
            accuracy = (net(x_test).argmax(1) == y_test).float().mean().item()
        if accuracy >= 0.98:
            break
    print(json.dumps({"seconds": seconds, "epochs": done, "accuracy": accuracy}))


if __name__ == "__main__":
    main()
