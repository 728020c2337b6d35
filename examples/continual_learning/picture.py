"""Draws who forgets: accuracy on all tasks seen so far, after each task, from lines of run.py.

python picture.py pilot.jsonl > forgetting.svg
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from apportion.adapters.svg.marks import Svg, picture, stand_alone, tag, text

WIDTH, HEIGHT = 560, 260
LEFT, RIGHT, TOP, GROUND = 44, 430, 16, 220
COLOURS = ("#b4462c", "#b98a00", "#4b7f52", "#00756b", "#3c4f8a")
APART = 13  # between the names at the right


def main() -> None:
    """Reads lines of runs and prints the picture."""
    lines = Path(sys.argv[1]).read_text().splitlines()
    print(stand_alone(draw(means_of([json.loads(line) for line in lines]))))


def means_of(runs: Sequence[Mapping[str, object]]) -> dict[str, list[float]]:
    """Averages, by arm and over seeds, the accuracy on the tasks seen so far after each task."""
    by_arm: dict[str, list[list[float]]] = {}
    for run in runs:
        rows = run["accuracies"]
        by_arm.setdefault(str(run["arm"]), []).append([sum(row) / len(row) for row in rows])
    return {
        arm: [sum(at) / len(at) for at in zip(*curves, strict=True)]
        for arm, curves in sorted(by_arm.items())
    }


def draw(means: Mapping[str, Sequence[float]]) -> Svg:
    """Draws one line for each arm, named at its end."""
    steps = max(len(curve) for curve in means.values())
    marks = []
    for part in range(5):
        y = y_of(part / 4)
        marks.append(tag("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="grid"))
        marks.append(text(f"{25 * part} %", x=LEFT - 8, y=y + 4, class_="tick end"))
    marks += [
        text(f"task {step + 1}", x=x_of(step, steps), y=GROUND + 20, class_="tick mid")
        for step in range(steps)
    ]
    names = sorted(means, key=lambda arm: means[arm][-1], reverse=True)
    lowest = TOP - APART
    for place, arm in enumerate(names):
        points = [(x_of(step, steps), y_of(value)) for step, value in enumerate(means[arm])]
        path = "".join(f"{'L' if at else 'M'}{x:.1f} {y:.1f}" for at, (x, y) in enumerate(points))
        colour = COLOURS[-1 - place % len(COLOURS)]
        marks.append(tag("path", d=path, fill="none", stroke=colour, stroke_width=2.4))
        lowest = max(points[-1][1] + 4, lowest + APART)
        said = f"{arm}, {100 * means[arm][-1]:.0f} %"
        marks.append(text(said, x=RIGHT + 10, y=lowest, class_="bold"))
    label = "Accuracy on all tasks seen so far, after each task, by method"
    return picture(marks, width=WIDTH, height=HEIGHT, label=label)


def x_of(step: int, steps: int) -> float:
    """Places a task."""
    return LEFT + 20 + (RIGHT - LEFT - 20) * step / max(steps - 1, 1)


def y_of(value: float) -> float:
    """Places an accuracy."""
    return GROUND - (GROUND - TOP) * value


if __name__ == "__main__":
    main()
