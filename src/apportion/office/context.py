"""What every page knows: the lab's name and whether this is the demo."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001  Django's signature
    """Gives templates the site's settings."""
    return {"lab_name": settings.APPORTION_LAB_NAME, "demo": settings.APPORTION_DEMO}
