"""Files on their way in: whatever is larger than the office takes is refused while it arrives."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

ENVELOPE = 100_000  # what the other fields of a form may take besides the file


class BoundedUpload(FileUploadHandler):
    """Keeps a file in memory up to the office's bound, and hangs up on one that is larger."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.most: int = settings.APPORTION_ATTACHMENT_BYTES
        self.parts: list[bytes] = []
        self.size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Refuses before the first byte where the announced length is too large already."""
        super().new_file(*args, **kwargs)
        self.parts, self.size = [], 0
        if (self.content_length or 0) > self.most + ENVELOPE:
            self._refuse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002  Django's signature
        """Counts what arrives, whatever was announced."""
        self.size += len(raw_data)
        if self.size > self.most:
            self._refuse()
        self.parts.append(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":  # noqa: ARG002  Django's signature
        """Hands the file on."""
        return SimpleUploadedFile(self.file_name or "file", b"".join(self.parts))

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002  Django's signature
        META: Any,  # noqa: ARG002, N803  Django's signature
        content_length: int,
        boundary: Any,  # noqa: ARG002  Django's signature
        encoding: Any = None,  # noqa: ARG002  Django's signature
    ) -> None:
        """Remembers what was announced."""
        self.content_length = content_length

    def _refuse(self) -> None:
        self.request.upload_refused = True  # type: ignore[union-attr]  # the view tells it in words
        self.parts = []
        raise StopUpload(connection_reset=True)
