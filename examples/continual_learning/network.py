"""A small network in NumPy: two layers, Adam, and a gradient that a method may bend."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Labels = NDArray[np.int64]
Weights = dict[str, Numbers]
Bend = Callable[[Weights, Weights], None]  # weights and their gradients, changed in place

HIDDEN = 128
RATE, DECAY_1, DECAY_2, TINY = 1e-3, 0.9, 0.999, 1e-8


@dataclass(slots=True)
class Network:
    """One hidden layer of ReLU, softmax on top. Shape: inputs (rows, features)."""

    weights: Weights
    first: Weights = field(default_factory=dict)
    second: Weights = field(default_factory=dict)
    steps: int = 0

    @classmethod
    def fresh(cls, features: int, classes: int, rng: np.random.Generator) -> "Network":
        """Draws weights after He (2015)."""
        weights = {
            "w1": rng.standard_normal((features, HIDDEN)) * np.sqrt(2 / features),
            "b1": np.zeros(HIDDEN),
            "w2": rng.standard_normal((HIDDEN, classes)) * np.sqrt(2 / HIDDEN),
            "b2": np.zeros(classes),
        }
        zeros = {name: np.zeros_like(value) for name, value in weights.items()}
        return cls(weights, zeros, {name: value.copy() for name, value in zeros.items()})

    def predict(self, inputs: Numbers) -> Labels:
        """Names the likeliest class of each row."""
        return np.asarray(self._forward(inputs)[1].argmax(axis=1))

    def gradients(self, inputs: Numbers, labels: Labels) -> Weights:
        """Differentiates the mean cross-entropy."""
        hidden, scores = self._forward(inputs)
        error = _softmax(scores)
        error[np.arange(len(labels)), labels] -= 1
        error /= len(labels)
        back = (error @ self.weights["w2"].T) * (hidden > 0)
        return {
            "w1": inputs.T @ back,
            "b1": back.sum(axis=0),
            "w2": hidden.T @ error,
            "b2": error.sum(axis=0),
        }

    def step(self, inputs: Numbers, labels: Labels, bend: Bend | None = None) -> None:
        """Takes one step of Adam."""
        slopes = self.gradients(inputs, labels)
        if bend is not None:
            bend(self.weights, slopes)
        self.steps += 1
        for name, slope in slopes.items():
            self.first[name] += (1 - DECAY_1) * (slope - self.first[name])
            self.second[name] += (1 - DECAY_2) * (slope**2 - self.second[name])
            mean = self.first[name] / (1 - DECAY_1**self.steps)
            square = self.second[name] / (1 - DECAY_2**self.steps)
            self.weights[name] -= RATE * mean / (np.sqrt(square) + TINY)

    def importance(self, inputs: Numbers, labels: Labels, rows: int) -> Weights:
        """Tells how much each weight matters: the diagonal of the Fisher information."""
        found = {name: np.zeros_like(value) for name, value in self.weights.items()}
        for place in range(min(rows, len(labels))):
            one = slice(place, place + 1)
            for name, slope in self.gradients(inputs[one], labels[one]).items():
                found[name] += slope**2 / rows
        return found

    def _forward(self, inputs: Numbers) -> tuple[Numbers, Numbers]:
        hidden = np.maximum(inputs @ self.weights["w1"] + self.weights["b1"], 0)
        return hidden, hidden @ self.weights["w2"] + self.weights["b2"]


def _softmax(scores: Numbers) -> Numbers:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
