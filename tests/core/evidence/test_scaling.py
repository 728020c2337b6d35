"""Scaling laws: the fit finds the law it was shown, and a forecast is tried on the pilot itself."""

import csv

import numpy as np
import pytest

from apportion.core.evidence.claim import Claim, ClaimKind, EvidencePolicy, Run
from apportion.core.evidence.extrapolate import backtest, compute_of, forecast
from apportion.core.evidence.problems import NotEstimable
from apportion.core.evidence.scaling import fit_law
from tests.conftest import SHARED

CUT_OFFS = (1e19, 2e19, 3.2e19, 6.5e19, 1.3e20, 3.3e20, 6.5e20)
# what the 217 runs up to 1e21 FLOP determine, by BFGS and Nelder-Mead from many starts
WITHIN = {"A": 342.8126, "B": 3820.115, "E": 1.820537, "alpha": 0.3271279, "beta": 0.3960865}


def grid(law, *, params=8, tokens=7, noise=0.0, seed=3):
    rng = np.random.default_rng(seed)
    sizes = np.array(
        [[n, d] for n in np.geomspace(1e7, 1e10, params) for d in np.geomspace(1e8, 1e11, tokens)]
    )
    floor, (a, b), (alpha, beta) = law
    losses = floor + a / sizes[:, 0] ** alpha + b / sizes[:, 1] ** beta
    return sizes, losses * np.exp(noise * rng.standard_normal(len(losses)))


def scaling_runs():
    path = SHARED / "data" / "validation" / "scaling_runs_le_1e21.csv"
    if not path.exists():
        pytest.skip(
            "no scaling runs here: set APPORTION_SHARED to the folder that has data/validation"
        )
    with path.open() as lines:
        rows = [row for row in csv.DictReader(lines) if row["outlier_top5_loss"] == "0"]
    sizes = np.array([[float(row["params"]), float(row["tokens"])] for row in rows])
    return sizes, np.array([float(row["loss"]) for row in rows])


def test_the_published_law_is_found_again_in_runs_drawn_from_it():
    sizes, losses = grid((1.8172, (477.84, 2143.86), (0.34731, 0.36718)))
    law = fit_law(sizes, losses)
    assert law.floor == pytest.approx(1.8172, abs=0.0005)
    assert law.factors == pytest.approx((477.84, 2143.86), rel=1e-3)
    assert law.exponents == pytest.approx((0.34731, 0.36718), abs=0.0005)


def test_one_wild_run_in_ten_pulls_but_does_not_rule():
    sizes, losses = grid((1.8, (400.0, 2000.0), (0.34, 0.36)), noise=0.002)
    losses[::10] *= 1.3
    law = fit_law(sizes, losses)
    assert law.floor == pytest.approx(1.8, abs=0.06)
    assert law.exponents == pytest.approx((0.34, 0.36), abs=0.03)


def test_the_runs_at_hand_give_the_law_that_they_determine():
    law = fit_law(*scaling_runs())
    found = dict(zip(WITHIN, (*law.factors, law.floor, *law.exponents), strict=True))
    assert found == pytest.approx(WITHIN, rel=1e-5)
    assert law.objective == pytest.approx(0.0008140743681537715, abs=1e-12)


def test_fewer_runs_than_numbers_are_refused():
    with pytest.raises(ValueError, match="needs 5 runs, got 4"):
        fit_law(np.ones((4, 2)), np.ones(4))


@pytest.mark.parametrize("cut_off", CUT_OFFS)
def test_backtest_intervals_cover_the_larger_runs_at_each_accepted_cut_off(cut_off):
    sizes, losses = scaling_runs()
    compute = compute_of(sizes)
    inside = compute <= 1.02 * cut_off
    pilot = [
        Run(
            job=str(n),
            arm="",
            seed=0,
            value=float(loss),
            unit="nat",
            used={"gpu": 1},
            sizes={"params": float(size[0]), "tokens": float(size[1])},
        )
        for n, (size, loss) in enumerate(zip(sizes[inside], losses[inside], strict=True))
    ]
    far = sizes[~inside][compute[~inside].argmax()]
    claim = Claim(
        kind=ClaimKind.EXTRAPOLATE,
        metric="loss",
        unit="nat",
        effect=0.05,
        target={"params": float(far[0]), "tokens": float(far[1])},
    )
    if cut_off < 6e19:  # too narrow a span: no interval to try
        with pytest.raises(NotEstimable, match="SCALE_SPAN_TOO_SMALL"):
            forecast(claim, pilot, EvidencePolicy(farthest=1000))
        return
    found = forecast(claim, pilot, EvidencePolicy(farthest=1000))
    tried = backtest(sizes[inside], losses[inside], law=found.law)
    missed = np.abs(np.log(found.law.predict(sizes[~inside])) - np.log(losses[~inside]))
    reach = compute[~inside] / compute[inside].max()
    covered = [m <= tried.half_width(float(r)) for m, r in zip(missed, reach, strict=True)]
    assert np.mean(covered) >= 0.85


def one_size(values, *, recipe="a"):
    return [
        Run(
            job=f"{n}",
            arm="",
            seed=0,
            value=v,
            unit="error",
            used={"cpu": 1},
            sizes={"samples": s},
            recipe=recipe,
        )
        for n, (s, v) in enumerate(values)
    ]


def law_of(samples):
    return 0.1 + 2 / samples**0.5


def claim_at(samples):
    return Claim(
        kind=ClaimKind.EXTRAPOLATE,
        metric="error",
        unit="error",
        effect=0.1,
        target={"samples": samples},
    )


def test_a_law_over_one_size_foretells_the_next():
    sizes = [100 * 2**n for n in range(10)]
    found = forecast(claim_at(1e6), one_size([(s, law_of(s)) for s in sizes]), EvidencePolicy())
    assert found.loss == pytest.approx(law_of(1e6), rel=1e-3)
    assert found.low <= law_of(1e6) <= found.high


@pytest.mark.parametrize(
    ("sizes", "target", "recipes", "code"),
    [
        ([100, 200, 400, 800], 1e4, "a", "SCALE_SPAN_TOO_SMALL"),
        ([100 + n for n in range(12)], 1e4, "a", "SCALE_SPAN_TOO_SMALL"),
        ([100 * 2**n for n in range(10)], 1e9, "a", "EXTRAPOLATION_TOO_FAR"),
        ([100 * 2**n for n in range(10)], 1e5, "ab", "RECIPE_CHANGED"),
        ([100 * 8**n for n in range(6)], 1e7, "a", "BACKTEST_FAILED"),
        ([100 * 2**n for n in range(10)], 0, "a", "PILOT_TOO_SMALL"),
    ],
)
def test_a_forecast_is_refused_when_the_pilot_cannot_carry_it(sizes, target, recipes, code):
    runs = [
        run
        for n, s in enumerate(sizes)
        for run in one_size([(s, law_of(s))], recipe=recipes[n % len(recipes)])
    ]
    with pytest.raises(NotEstimable) as refused:
        forecast(claim_at(target), runs, EvidencePolicy())
    assert refused.value.problems[0].code == code
    assert refused.value.problems[0].remedy
