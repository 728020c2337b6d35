from typing import Any, cast

from ...client import AuthenticatedClient, Client
from ...models.get_evidence_calibration_response_200 import GetEvidenceCalibrationResponse200
from ...types import UNSET, Unset


def sync(
    *,
    client: AuthenticatedClient | Client,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 50,
) -> GetEvidenceCalibrationResponse200:
    """Lists how estimates turned out, by project."""
    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    response = client.get_httpx_client().request(
        "GET",
        "/api/v1/evidence/calibration",
        params=params,
    )
    return cast(GetEvidenceCalibrationResponse200, response.json())
