"""A limit for uploaded files."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUpload(FileUploadHandler):
    """An upload handler that rejects forms with files longer than `FILE_UPLOAD_MAX_SIZE`, before storing anything.

    It is the first of FILE_UPLOAD_HANDLERS; Django's, which have no limit, handle the uploads that it lets pass.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > settings.FILE_UPLOAD_MAX_SIZE:
            raise RequestDataTooBig("The form is longer than FILE_UPLOAD_MAX_SIZE.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
