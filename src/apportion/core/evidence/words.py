"""What an estimate takes for granted and what a reader should be wary of, as sentences."""

from collections.abc import Sequence

from apportion.core.evidence.claim import Claim, ClaimKind, EvidencePolicy, Run
from apportion.core.evidence.needs import Needs
from apportion.core.evidence.spread import skewness

SKEWED = 1.0
HALVING = 4  # times the runs for half the effect


def assumptions_of(claim: Claim, policy: EvidencePolicy, needs: Needs) -> tuple[str, ...]:
    """Lists what the numbers take for granted."""
    sides = "two-sided" if claim.sides == 2 else "one-sided"
    said = [
        f"A finding errs in {100 * claim.alpha:g} of 100 null experiments at most ({sides}"
        + (
            f", the strictest of {claim.comparisons} after Holm)."
            if claim.comparisons > 1
            else ")."
        )
    ]
    if claim.kind is not ClaimKind.COMPARE_PROB:
        said.append(
            f"Runs differ by {needs.spread:.3g} {claim.unit}, and by no more than "
            f"{needs.upper:.3g} with {100 * claim.assurance:g} % assurance "
            f"({needs.freedom} degrees of freedom)."
        )
    said += [
        "Seeds are the only chance that is counted, and both arms are tuned equally.",
        f"There are {needs.looks} looks with O'Brien-Fleming boundaries.",
    ]
    if policy.history_spread is not None:
        said.append(
            f"The spread is drawn towards {policy.history_spread:.3g}, what {claim.metric} "
            "showed before."
        )
    return tuple(said)


def warnings_of(
    claim: Claim,
    runs: Sequence[Run],
    policy: EvidencePolicy,
    needs: Needs,
    *,
    needed: int,
    ask: int | None,
) -> tuple[str, ...]:
    """Lists what a reviewer should look at."""
    said = []
    unregistered = sum(not run.registered for run in runs)
    if unregistered:
        said.append(f"{unregistered} of {len(runs)} runs were not registered before they ran.")
    lopsided = [
        arm
        for arm in claim.arms
        if abs(skewness([run.value for run in runs if run.arm == arm])) > SKEWED
    ]
    if lopsided:
        said.append(
            f"The values of {', '.join(lopsided)} are lopsided: the assurance of "
            f"{100 * claim.assurance:g} % was 60 to 70 % on such data; the looks mend most of it."
        )
    if policy.extreme_spread is not None and needs.spread > policy.extreme_spread:
        said.append(
            f"The spread {needs.spread:.3g} is above {policy.extreme_spread:.3g}, which nine in "
            "ten earlier experiments stayed under."
        )
    if policy.cap_multiple is not None and needs.assured > policy.cap_multiple * len(runs):
        said.append(
            f"The need is more than {policy.cap_multiple} times the pilot: look at the smallest "
            f"effect of interest first; twice the effect needs a {HALVING}th of the runs."
        )
    if ask is not None and ask > 2 * needed:
        said.append("The ask is more than twice what settles the claim.")
    return tuple(said)
