"""Sums on the machines of a Dask cluster; Dask is imported when one is used."""

from supertouch.stats.cluster.engine import Cluster

__all__ = ["Cluster"]
