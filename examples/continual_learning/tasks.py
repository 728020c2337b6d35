"""What is learned one after the other: digits in five pairs of classes, or five shuffles of pixels."""

import gzip
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from network import Labels, Numbers

DIGITS = Path("datasets") / "data" / "digits.csv.gz"  # inside scikit-learn
FASHION = Path("/usr/share/datasets/fashion-mnist")  # where Debian's package puts it
TASKS, TEST_SHARE = 5, 0.25
SPLIT_SEED = 20261122  # the split of train and test is the same for every run


@dataclass(frozen=True, slots=True)
class Task:
    """Rows to learn from and rows to be judged on."""

    inputs: Numbers
    labels: Labels
    test_inputs: Numbers
    test_labels: Labels


def load_tasks(dataset: str, scenario: str, rng: np.random.Generator) -> list[Task]:
    """Cuts a dataset into five tasks.

    `split`: two classes each, one head. `perm`: all classes, the pixels shuffled anew each time.
    """
    train, train_labels, test, test_labels = DATASETS[dataset]()
    tasks = []
    for place in range(TASKS):
        if scenario == "split":
            inside = np.isin(train_labels, (2 * place, 2 * place + 1))
            judged = np.isin(test_labels, (2 * place, 2 * place + 1))
            task = Task(train[inside], train_labels[inside], test[judged], test_labels[judged])
        else:
            order = rng.permutation(train.shape[1]) if place else np.arange(train.shape[1])
            task = Task(train[:, order], train_labels, test[:, order], test_labels)
        tasks.append(task)
    return tasks


def _digits() -> tuple[Numbers, Labels, Numbers, Labels]:
    """The 1,797 digits of 8 x 8 pixels that scikit-learn brings along."""
    rows, target = _read_digits()
    order = np.random.default_rng(SPLIT_SEED).permutation(len(target))
    inputs, labels = rows[order] / 16.0, target[order].astype(np.int64)
    cut = round(len(labels) * (1 - TEST_SHARE))
    return inputs[:cut], labels[:cut], inputs[cut:], labels[cut:]


def _read_digits() -> tuple[Numbers, Labels]:
    """Reads the table itself where it lies: importing scikit-learn takes longer than learning."""
    found = find_spec("sklearn")
    table = Path(found.origin).parent / DIGITS if found and found.origin else None
    if table is not None and table.is_file():
        held = np.loadtxt(table, delimiter=",")
        return held[:, :-1], held[:, -1].astype(np.int64)
    from sklearn.datasets import load_digits

    known = load_digits()
    return known.data, known.target


def _fashion() -> tuple[Numbers, Labels, Numbers, Labels]:
    """The 70,000 garments of 28 x 28 pixels of Debian's dataset-fashion-mnist."""
    if not FASHION.is_dir():
        raise SystemExit("Fashion-MNIST is not here: apt-get install dataset-fashion-mnist")
    parts = [
        _idx(FASHION / f"{part}-{kind}-ubyte.gz")
        for part in ("train", "t10k")
        for kind in ("images-idx3", "labels-idx1")
    ]
    train, labels, test, test_labels = parts
    flat = [held.reshape(len(held), -1) / 255.0 for held in (train, test)]
    return flat[0], labels.astype(np.int64), flat[1], test_labels.astype(np.int64)


def _idx(path: Path) -> np.ndarray:
    """Reads the IDX format: two zero bytes, a type, the number of dimensions, the dimensions."""
    with gzip.open(path) as stream:
        data = stream.read()
    dimensions = data[3]
    shape = struct.unpack(f">{dimensions}I", data[4 : 4 + 4 * dimensions])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


DATASETS = {"digits": _digits, "fashion": _fashion}
