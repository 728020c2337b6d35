"""The dashboard that we ship draws only what the office measures."""

import json
import re
from pathlib import Path

from apportion.apps.formats.metrics import gather_metrics
from tests.apps.small_lab import NOW

FILE = Path(__file__).resolve().parents[3] / "examples" / "grafana" / "apportion.json"


def test_every_metric_of_the_dashboard_exists_with_the_labels_it_names(alpha):
    measured = {metric.name: metric for metric in gather_metrics(now=NOW)}
    text = FILE.read_text()
    named = set(re.findall(r"apportion_[a-z_]+", text))
    assert named
    assert named - set(measured) == set()
    assert set(measured["apportion_balance_units"].samples[0].labels) >= {"project", "resource"}


def test_every_panel_asks_something_and_stands_in_its_own_place():
    panels = json.loads(FILE.read_text())["panels"]
    assert all(panel["targets"][0]["expr"] for panel in panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len({panel["id"] for panel in panels}) == len(panels)
