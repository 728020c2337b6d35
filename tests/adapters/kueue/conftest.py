"""A server, and a cluster of the office that talks to it."""

import pytest

from apportion.adapters.kueue.client import KueueCluster
from apportion.adapters.kueue.parse_site import Connection
from apportion.core.enforce.kueue import Flavor, Site
from apportion.core.ids import ResourceCode
from tests.adapters.kueue.api_server import kubeconfig, running

H100 = Flavor(
    name="h100", resource=ResourceCode("gpu:h100"), kube_resource="nvidia.com/gpu", units=64
)
SITE = Site(cluster="research", cohort="lab", flavors=(H100,))


@pytest.fixture
def server():
    with running() as (server, url):
        server.address = url
        server.namespaces |= {"depth", "vision"}
        yield server


@pytest.fixture
def connection(server, tmp_path):
    return Connection(site=SITE, kubeconfig=kubeconfig(tmp_path, server.address), context="lab")


@pytest.fixture
def cluster(connection):
    return KueueCluster(connection)
