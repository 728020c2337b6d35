"""Gathers the calls of every app, and says which verbs stay with the command line."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from apportion.apps.door.calls import Call

MODULES = ("api", "request_api", "experiment_api", "member_api", "account_api")

ON_FILES = "works on files of whoever calls, and needs no office"
ON_MACHINE = "belongs to the machine that the office runs on"
# Verbs of the command line without a call, each with why.
LOCAL = {
    "admission-script": "prints the token of slurmctld, which leaves the machine by hand only",
    "can-run": "slurmctld asks at its own address, /admission/, with its own token",
    "coldfront import": "takes over a whole installation once, by hand",
    "compare": ON_FILES,
    "decide": ON_FILES,
    "demo": ON_MACHINE,
    "doctor": ON_MACHINE,
    "evidence estimate": ON_FILES,
    "evidence portfolio": ON_FILES,
    "evidence scaling-fit": ON_FILES,
    "export focus": "streams a file of any size to the disk of the office",
    "export ondemand": "writes the file that Open OnDemand reads on that machine",
    "fairness": ON_FILES,
    "init": ON_MACHINE,
    "ledger audit": "reads every row there is, for minutes",
    "ledger export": "writes the whole books, as a stream",
    "ledger key": "makes secrets on the disk of the office",
    "ledger role": "prints statements for the owner of the database",
    "ledger witness cosign": ON_FILES,
    "ledger witness keygen": ON_FILES,
    "limits import": "takes over a whole cluster once, by hand",
    "openapi": "is served at /api/v1/openapi.json",
    "people unlock": "removes a second factor, after somebody was seen",
    "review model": ON_FILES,
    "serve": ON_MACHINE,
    "shares": ON_FILES,
    "simulate directive": ON_FILES,
    "simulate replay": ON_FILES,
    "test": ON_MACHINE,
    "tick": ON_MACHINE,
    "usage import": "reads accounting files of any size from the disk of the office",
    "usage rate": ON_FILES,
    "verify": ON_FILES,
    "what-if": ON_FILES,
}


@cache
def all_calls() -> tuple[Call, ...]:
    """Lists every call of every app, in the order of the apps."""
    found: list[Call] = []
    for app in apps.get_app_configs():
        for module in MODULES if app.name.startswith("apportion.apps.") else ():
            name = f"{app.name}.{module}"
            if find_spec(name):
                found.extend(import_module(name).calls)
    return tuple(found)


@cache
def calls_by_path() -> dict[str, dict[str, Call]]:
    """Sorts the calls by address, then by method."""
    sorted_out: dict[str, dict[str, Call]] = {}
    for call in all_calls():
        sorted_out.setdefault(call.path, {})[call.method] = call
    return sorted_out
