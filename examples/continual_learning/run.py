"""One run of the reference project: learns five tasks in turn by a method, prints one JSON line.

    python run.py --method replay --memory 200 --seed 3

The line holds the average accuracy after the last task, the forgetting (best past accuracy less
the final one, averaged over the earlier tasks), the accuracy on each task after each task, and
the CPU seconds used.
"""

import argparse
import json
import time

import numpy as np
from network import Bend, Labels, Network, Numbers, Weights
from tasks import DATASETS, Task, load_tasks

METHODS = ("naive", "replay", "ewc", "joint")
SCENARIOS = ("split", "perm")
BATCH = 32
OLD_TO_NEW = 2  # rows from memory for each new one
EPOCHS = {("digits", "split"): 5, ("digits", "perm"): 10, ("fashion", "split"): 1}
STIFFNESS = 100.0  # of EWC
FISHER_ROWS = 200


def main() -> None:
    """Reads the flags, learns, prints the line."""
    flags = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    flags.add_argument("--method", choices=METHODS, required=True)
    flags.add_argument("--memory", type=int, default=200, help="rows that replay keeps")
    flags.add_argument("--seed", type=int, required=True)
    flags.add_argument("--dataset", choices=sorted(DATASETS), default="digits")
    flags.add_argument("--scenario", choices=SCENARIOS, default="split")
    flags.add_argument("--epochs", type=int, help="passes over each task")
    chosen = flags.parse_args()
    print(json.dumps(learn(**vars(chosen)), sort_keys=True))


def learn(
    *,
    method: str,
    seed: int,
    memory: int = 200,
    dataset: str = "digits",
    scenario: str = "split",
    epochs: int | None = None,
) -> dict[str, object]:
    """Learns the tasks in turn and is judged on all of them after each."""
    started = time.process_time()
    rng = np.random.default_rng(seed)
    tasks = load_tasks(dataset, scenario, rng)
    epochs = epochs or EPOCHS.get((dataset, scenario), 4)
    network = Network.fresh(tasks[0].inputs.shape[1], 10, rng)
    kept = Memory(memory if method == "replay" else 0, rng)
    held: list[tuple[Weights, Weights]] = []  # for EWC: weights and their importance, by task
    accuracies: list[list[float]] = []
    for place, task in enumerate(tasks):
        seen = joined(tasks[: place + 1]) if method == "joint" else (task.inputs, task.labels)
        bend = pull(held) if method == "ewc" and held else None
        train(network, *seen, kept=kept, epochs=epochs, bend=bend, rng=rng)
        kept.add(task)
        if method == "ewc":
            anchor = {name: value.copy() for name, value in network.weights.items()}
            held.append((anchor, network.importance(task.inputs, task.labels, FISHER_ROWS)))
        accuracies.append([judge(network, *judged([each])) for each in tasks[: place + 1]])
    arm = f"{method}{memory}" if method == "replay" else method
    return {
        "arm": arm,
        "dataset": dataset,
        "scenario": scenario,
        "seed": seed,
        "accuracy": round(judge(network, *judged(tasks)), 5),
        "forgetting": round(forgetting(accuracies), 5),
        "accuracies": [[round(value, 5) for value in row] for row in accuracies],
        "cpu_seconds": round(time.process_time() - started, 3),
    }


class Memory:
    """Rows of earlier tasks, the same number of each class, at most so many in all."""

    def __init__(self, most: int, rng: np.random.Generator) -> None:
        self.most, self.rng = most, rng
        self.by_class: dict[int, Numbers] = {}

    def add(self, task: Task) -> None:
        """Takes rows of a task in and gives up as many of the others."""
        if not self.most:
            return
        for label in np.unique(task.labels):
            rows = task.inputs[task.labels == label]
            order = self.rng.permutation(len(rows))
            known = self.by_class.get(int(label), rows[:0])
            self.by_class[int(label)] = np.concatenate([known, rows[order]])
        each = max(1, self.most // len(self.by_class))
        for label, rows in self.by_class.items():
            order = self.rng.permutation(len(rows))
            self.by_class[label] = rows[order[:each]]

    def draw(self, count: int) -> tuple[Numbers, Labels] | None:
        """Draws rows with replacement; None while nothing is kept."""
        if not self.by_class:
            return None
        labels = self.rng.choice(np.array(sorted(self.by_class)), count)
        rows = [self.by_class[int(label)] for label in labels]
        return np.stack([held[self.rng.integers(len(held))] for held in rows]), labels


def train(
    network: Network,
    inputs: Numbers,
    labels: Labels,
    *,
    kept: Memory,
    epochs: int,
    bend: Bend | None,
    rng: np.random.Generator,
) -> None:
    """Passes over a task; with a memory, two old rows for each new one in every step."""
    for _ in range(epochs):
        order = rng.permutation(len(labels))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            rows, names = inputs[batch], labels[batch]
            old = kept.draw(OLD_TO_NEW * BATCH)
            if old is not None:
                rows, names = np.concatenate([rows, old[0]]), np.concatenate([names, old[1]])
            network.step(rows, names, bend)


def pull(held: list[tuple[Weights, Weights]]) -> Bend:
    """Draws weights back to where they served earlier tasks. Source: Kirkpatrick et al. (2017)."""

    def bend(weights: Weights, slopes: Weights) -> None:
        for anchor, importance in held:
            for name in slopes:
                slopes[name] += STIFFNESS * importance[name] * (weights[name] - anchor[name])

    return bend


def joined(tasks: list[Task]) -> tuple[Numbers, Labels]:
    """Puts the rows of tasks together."""
    return (
        np.concatenate([task.inputs for task in tasks]),
        np.concatenate([task.labels for task in tasks]),
    )


def judged(tasks: list[Task]) -> tuple[Numbers, Labels]:
    """Puts the test rows of tasks together."""
    return (
        np.concatenate([task.test_inputs for task in tasks]),
        np.concatenate([task.test_labels for task in tasks]),
    )


def judge(network: Network, inputs: Numbers, labels: Labels) -> float:
    """Gives the share of rows that are named right."""
    return float((network.predict(inputs) == labels).mean())


def forgetting(accuracies: list[list[float]]) -> float:
    """Averages, over the earlier tasks, the best accuracy there ever was less the final one."""
    last = accuracies[-1]
    lost = [
        max(row[task] for row in accuracies[task:]) - last[task] for task in range(len(last) - 1)
    ]
    return float(np.mean(lost)) if lost else 0.0


if __name__ == "__main__":
    main()
