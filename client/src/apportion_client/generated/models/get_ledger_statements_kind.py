from typing import Literal

GetLedgerStatementsKind = Literal[
    "consumed", "exchange", "issued", "loan", "overrun", "pool", "project", "suspense"
]

GET_LEDGER_STATEMENTS_KIND_VALUES: set[GetLedgerStatementsKind] = {
    "consumed",
    "exchange",
    "issued",
    "loan",
    "overrun",
    "pool",
    "project",
    "suspense",
}


def check_get_ledger_statements_kind(value: str) -> GetLedgerStatementsKind:
    if value in GET_LEDGER_STATEMENTS_KIND_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {GET_LEDGER_STATEMENTS_KIND_VALUES!r}"
    )
