"""Texts of sacct, tariffs and layouts for the tests of rating."""

from zoneinfo import ZoneInfo

from apportion.core.meter.ratecard import read_tariff

PLAIN = """schema = "apportion.rates/1"
[[rates]]
resource = "cpu"
credits = "0.013"
[[rates]]
resource = "gpu:h100"
credits = "2.500001"
"""
FULL = (
    PLAIN
    + """
[[rates]]
resource = "gpu:h100"
credits = "3.1"
from = 2025-12-01T13:37:11Z
[[rates]]
resource = "gpu:h100"
class = "cheap"
credits = "1.1"
[[rates]]
resource = "gpu:a100"
class = "night"
credits = "0.7"
from = 2025-11-01
[refunds]
NODE_FAIL = 1
PREEMPTED = "0.333333"
CANCELLED = "0.1"
"""
).replace(
    "[[rates]]",
    """zone = "Europe/Berlin"
[[classes]]
name = "cheap"
qos = ["night"]
partitions = ["gpu"]
[[classes]]
name = "night"
hours = "20:00-06:15"
days = ["mon", "tue", "sat"]
[[rates]]""",
    1,
)


def tariff(text):
    return read_tariff(text, file="rates.toml", find_zone=ZoneInfo)


def write(path, *lines):
    path.write_text("".join(lines))
    return str(path)
