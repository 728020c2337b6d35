"""Speaks to an Apportion office from afar.

>>> from apportion_client import connect
>>> office = connect()                    # whom `apportion login` told, or APPORTION_SERVER
>>> office.balances()                     # a table in a notebook; .frame() gives it to pandas
"""

from apportion_client.office import Office, connect
from apportion_client.problems import OfficeError, Problem, Unavailable, Usage
from apportion_client.tables import Table
from apportion_client.transport import Patience

__version__ = "0.1.0"
__all__ = [
    "Office",
    "OfficeError",
    "Patience",
    "Problem",
    "Table",
    "Unavailable",
    "Usage",
    "connect",
]
