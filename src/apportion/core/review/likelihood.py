"""Scores as request + reviewer + panel + noise: variances by restricted maximum likelihood.

No sampling: the request effects are integrated out block by block, so that what is left to factor
has one row per reviewer and panel. Source: Patterson and Thompson (1971); Henderson's equations.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
NEARLY_ALL = 1 - 1e-7  # a ratio g is searched as g / (1 + g), from nothing to this
STARTS = ((0.4, 0.05, 0.05), (0.05, 0.3, 0.3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The scores and who gave them to whom; effects that are not estimated have no column.

    Shape: `request[o]` is the request of observation o; `reviewer` and `panel` are columns, or -1.
    """

    score: Floats
    request: Places
    reviewer: Places
    panel: Places
    requests: int
    reviewers: int  # columns of reviewers
    panels: int  # columns of panels


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Variances in squared points, and the requests and reviewers as the scores leave them."""

    request: float
    reviewer: float
    panel: float
    noise: float
    mean: Floats  # per request: what the score would be without severity and noise
    sd: Floats
    severity: Floats  # per column of reviewers: how far above the others they score


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """The scores at given ratios, the requests integrated out."""

    shrink: Floats  # per request: how much of its residual mean counts as its own, over weight
    sums: Floats  # per request: its columns, weighted
    totals: Floats  # per request: its scores, weighted
    scale: Floats  # per column
    equations: Floats
    right: Floats
    rest: float  # what the columns leave unexplained
    logs: float


def fit(design: Design) -> Fitted:
    """Finds the variances that make the scores likeliest, and every request's own mean and sd."""
    shares = _search(design)
    ratios = tuple(share / (1 - share) for share in shares)
    weighed = _weigh(design, ratios)
    freedom = max(1, len(design.score) - 1)
    noise = max(weighed.rest, 0.0) / freedom
    inverse = np.linalg.inv(weighed.equations)
    effects = weighed.scale * (inverse @ weighed.right)
    slopes = -weighed.shrink[:, None] * weighed.sums
    slopes[:, 0] += 1
    mean = weighed.shrink * weighed.totals + slopes @ effects
    scaled = slopes * weighed.scale
    spread = weighed.shrink + np.einsum("ij,jk,ik->i", scaled, inverse, scaled, optimize=True)
    return Fitted(
        request=noise * ratios[0],
        reviewer=noise * ratios[1],
        panel=noise * ratios[2],
        noise=noise,
        mean=mean,
        sd=np.sqrt(np.maximum(spread, 0.0) * noise),
        severity=effects[1 : 1 + design.reviewers],
    )


def _search(design: Design) -> tuple[float, float, float]:
    """Minimises the deviance over the shares; an effect without columns stays at nothing."""
    from scipy.optimize import minimize  # its import costs more than most rounds

    free = [True, design.reviewers > 0, design.panels > 0]

    def whole(shares: Floats) -> tuple[float, float, float]:
        rest = iter(shares.tolist())
        first, second, third = (next(rest) if is_free else 0.0 for is_free in free)
        return first, second, third

    def deviance(shares: Floats) -> float:
        weighed = _weigh(design, tuple(share / (1 - share) for share in whole(shares)))
        freedom = len(design.score) - 1
        least = 1e-12 * float(design.score @ design.score) + 1e-300
        return freedom * float(np.log(max(weighed.rest, least))) + weighed.logs

    found = [
        minimize(
            deviance,
            np.array([at for at, is_free in zip(start, free, strict=True) if is_free]),
            method="L-BFGS-B",
            bounds=[(0.0, NEARLY_ALL)] * sum(free),
        )
        for start in STARTS
    ]
    best = min(found, key=lambda result: float(result.fun))
    return whole(np.asarray(best.x))


def _weigh(design: Design, ratios: tuple[float, ...]) -> _Weighed:
    """Sets up the equations of the mean, the reviewers and the panels at given ratios."""
    own, severity, panel = ratios
    columns = 1 + design.reviewers + design.panels
    # A reviewer who is not corrected still differs from the others: that is noise of theirs.
    spread = np.where(design.reviewer < 0, 1 + severity, 1.0)
    weight = 1 / spread
    places = _columns(design)
    sums = np.zeros((design.requests, columns))
    crossed = np.zeros((columns, columns))
    right = np.zeros(columns)
    for held in places:
        inside = held >= 0
        np.add.at(sums, (design.request[inside], held[inside]), weight[inside])
        np.add.at(right, held[inside], (weight * design.score)[inside])
        for other in places:
            both = inside & (other >= 0)
            np.add.at(crossed, (held[both], other[both]), weight[both])
    weights = np.bincount(design.request, weight, design.requests).astype(np.float64)
    totals = np.bincount(design.request, weight * design.score, design.requests).astype(np.float64)
    shrink: Floats = own / (1 + own * weights)
    scale = np.ones(columns)
    scale[1 : 1 + design.reviewers] = np.sqrt(severity)
    scale[1 + design.reviewers :] = np.sqrt(panel)
    equations = (crossed - sums.T @ (shrink[:, None] * sums)) * np.outer(scale, scale)
    equations[np.arange(1, columns), np.arange(1, columns)] += 1
    right = (right - sums.T @ (shrink * totals)) * scale
    squares = float(design.score @ (weight * design.score) - totals @ (shrink * totals))
    rest = squares - float(right @ np.linalg.solve(equations, right))
    logs = float(np.log(spread).sum() + np.log1p(own * weights).sum())
    return _Weighed(
        shrink=shrink,
        sums=sums,
        totals=totals,
        scale=scale,
        equations=equations,
        right=right,
        rest=rest,
        logs=logs + float(np.linalg.slogdet(equations)[1]),
    )


def _columns(design: Design) -> tuple[Places, Places, Places]:
    """Where each observation stands in the columns: the mean, its reviewer, its panel."""
    first = np.zeros(len(design.score), dtype=np.intp)
    reviewer = np.where(design.reviewer >= 0, design.reviewer + 1, -1)
    panel = np.where(design.panel >= 0, design.panel + 1 + design.reviewers, -1)
    return first, reviewer, panel
