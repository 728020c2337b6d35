"""The stand-in Kubernetes server, for tests of the office."""

from tests.adapters.kueue.conftest import cluster, connection, server

__all__ = ["cluster", "connection", "server"]
