"""MNIST and its relatives from files that are there."""

import gzip
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fnnet.datasets import DataError, fashion_mnist, kmnist, load, mnist
from fnnet.datasets.mnist import FILES

LOADERS = {"mnist": mnist, "fashion-mnist": fashion_mnist, "kmnist": kmnist}
FOLDERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}


def idx_bytes(array: Any) -> bytes:
    """The array as the content of an IDX file."""
    return struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape) + array.tobytes()


def small(**changes: Any) -> dict[str, Any]:
    """Four small files in the form of MNIST, by their names."""
    arrays = [np.full((6, 2, 2), 7), np.arange(6), np.full((3, 2, 2), 9), np.arange(3)]
    named = {file: idx_bytes(array.astype(np.uint8)) for file, array in zip(FILES, arrays, strict=True)}
    return named | {file: idx_bytes(np.asarray(array, np.uint8)) for file, array in changes.items()}


def put(folder: Path, files: dict[str, bytes]) -> Path:
    """The folder, with these files in it, packed where their names say so."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("packed", [(), FILES, FILES[::2]], ids=["plain", "gz", "mixed"])
@pytest.mark.parametrize("place", ["{}/raw", "raw", "."])
def test_all_layouts_are_found(tmp_path: Path, name: str, packed: tuple[str, ...], place: str) -> None:
    """The four files are found in torchvision's folder, in `raw` and in the folder itself, each plain or .gz."""
    files = {file + ".gz" * (file in packed): content for file, content in small().items()}
    put(tmp_path / place.format(FOLDERS[name]), files)
    made = load(name, tmp_path)
    assert made == LOADERS[name](str(tmp_path))
    assert (made.name, made.x.shape, made.x_test.shape) == (name, (6, 2, 2), (3, 2, 2))
    assert made.y.tolist() == [0, 1, 2, 3, 4, 5]
    assert len(made.classes) == 10


BAD = {
    "label too large": ({FILES[1]: [0, 1, 2, 3, 4, 10]}, "train-labels.* must hold labels from 0 to 9, got 10"),
    "lengths": ({FILES[3]: [0, 1]}, "got 3 in .*t10k-images.* and 2 in .*t10k-labels"),
    "shapes": ({FILES[2]: np.zeros((3, 2, 3))}, "x_test must have rows of shape"),
    "labels for images": ({FILES[0]: range(20)}, "train-images.* must begin with 0x00000803"),
}


@pytest.mark.parametrize(("changes", "message"), BAD.values(), ids=BAD)
def test_files_that_do_not_fit_are_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """Files that don't fit together are refused, and the error names them."""
    with pytest.raises(DataError, match=message):
        mnist(put(tmp_path, small(**changes)))


def test_truncated_files_are_refused(tmp_path: Path) -> None:
    """A file that an interrupted copy left short is refused by its name."""
    files = small()
    files[FILES[2]] = files[FILES[2]][:-1]
    with pytest.raises(DataError, match=r"t10k-images.*truncated"):
        mnist(put(tmp_path, files))


@pytest.mark.parametrize("name", ["fashion-mnist", "kmnist"])
@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
@pytest.mark.parametrize("part", [0, 2], ids=["train", "test"])
def test_another_set_is_refused_by_its_name(
    tmp_path: Path, mnist_folder: Path, name: str, packed: bool, part: int
) -> None:
    """The labels of MNIST in either part, plain or packed, are not taken for another set's."""
    labels = gzip.decompress((mnist_folder / f"{FILES[part + 1]}.gz").read_bytes())
    count = len(labels) - 8
    files = small() | {FILES[part]: idx_bytes(np.zeros((count, 2, 2), np.uint8)), FILES[part + 1]: labels}
    if packed:
        files[f"{FILES[part + 1]}.gz"] = files.pop(FILES[part + 1])
    with pytest.raises(DataError, match=f"holds mnist, not {name}: ask for mnist"):
        load(name, put(tmp_path, files))


def test_mnist_itself_loads(mnist_folder: Path) -> None:
    """The real MNIST loads from its archives, with the first labels that everybody knows."""
    made = mnist(mnist_folder)
    assert (made.x.shape, made.x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert made.x.dtype == np.uint8
    assert made.y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert made.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert (np.bincount(made.y)[:2].tolist(), made.x.max()) == ([5923, 6742], 255)


def test_files_that_are_there_need_no_torch(tmp_path: Path) -> None:
    """Loading files that are there imports neither torch nor torchvision."""
    put(tmp_path, small())
    code = "import sys, fnnet.datasets as d; d.mnist(sys.argv[1]); print({'torch', 'torchvision'} & set(sys.modules))"
    run = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
