"""Manifests, judged by Kueue's own definitions."""

import pytest

from apportion.adapters.kueue.parse import parse_held
from apportion.adapters.kueue.render import VERSIONS, render_manifest
from apportion.core.enforce.kueue import Budget, Flavor, Site, Stop, desired_queues
from apportion.core.enforce.kueue_plan import differences, plan_queues
from apportion.core.ids import ProjectId, ResourceCode
from tests.adapters.kueue.crd import faults, rule_faults, schemas

FLAVORS = tuple(
    Flavor(name=name, resource=ResourceCode(code), kube_resource=kube, units=units)
    for name, code, kube, units in (
        ("h100", "gpu:h100", "nvidia.com/gpu", 64),
        ("a100", "gpu:a100", "nvidia.com/gpu", 128),
        ("plain", "cpu", "cpu", 1000),
    )
)
SITE = Site(cluster="research", cohort="lab", flavors=FLAVORS, when_empty=Stop.DRAIN)
BUDGETS = tuple(
    Budget(
        project=ProjectId(name),
        area="foundations",
        given={ResourceCode("gpu:h100"): given, ResourceCode("gpu:a100"): 3600},
        left={ResourceCode("gpu:h100"): left, ResourceCode("gpu:a100"): max(left, 0)},
    )
    for name, given, left in (("depth", 7200, 3600), ("Vision-2", 3600, 0), ("a" * 63, 1, 1))
)


@pytest.fixture(scope="module")
def definitions(shared):
    folder = shared / "data" / "kueue-crds"
    if not folder.is_dir():
        pytest.skip(
            "no definitions of Kueue here: set APPORTION_SHARED to the folder that has data"
        )
    wanted = ("clusterqueues", "cohorts", "localqueues")
    found = {}
    for name in wanted:
        found |= schemas_of(folder, name)
    return found


def schemas_of(folder, name):
    class Only:
        def glob(self, _):
            return [folder / f"{name}.yaml"]

    return schemas(Only())


def steps():
    desired = desired_queues(BUDGETS, site=SITE)
    return plan_queues(desired=desired, actual={}, generation=3).steps


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_fits_the_definitions_of_kueue(definitions, version):
    for step in steps():
        manifest = render_manifest(step, version=version)
        schema = definitions[manifest["kind"], version]
        assert [*faults(manifest, schema), *rule_faults(manifest)] == []


def test_the_judge_finds_what_kueue_would_refuse(definitions):
    manifest = render_manifest(steps()[2], version="v1beta2")
    manifest["spec"]["stopPolicy"] = "Halt"
    manifest["spec"]["cohort"] = manifest["spec"].pop("cohortName")
    wrong = list(faults(manifest, definitions["ClusterQueue", "v1beta2"]))
    assert ["stopPolicy" in one or "cohort" in one for one in wrong] == [True, True]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_written_reads_back_as_what_was_wanted(version):
    for step in steps():
        held = parse_held(render_manifest(step, version=version), kind=step.wanted.kind)
        assert differences(step.wanted, held) == ()
        assert (held.generation, held.ours) == (3, True)


@pytest.mark.parametrize(
    "hostile",
    [
        {},
        {"metadata": 3, "spec": []},
        {"spec": {"resourceGroups": [{"flavors": [{"resources": [{"nominalQuota": True}]}]}]}},
        {"spec": {"namespaceSelector": {"matchExpressions": [1]}, "stopPolicy": None}},
        {"metadata": {"annotations": {"apportion/generation": "9" * 40}}},
    ],
)
def test_an_object_of_a_strange_shape_differs_and_breaks_nothing(hostile):
    for step in steps():
        held = parse_held(hostile, kind=step.wanted.kind)
        assert held.generation == 0
        assert differences(step.wanted, held) or step.wanted.name == "lab"
