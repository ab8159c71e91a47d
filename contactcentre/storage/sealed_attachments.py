"""What is attached to cases, each sealed in a file of its own id; its name stands in its row."""

from __future__ import annotations

import re
from io import BytesIO

from contactcentre.storage.sealed_folder import SealedFolder


class SealedAttachments(SealedFolder):
    """The folder of them."""

    names = re.compile(r"[0-9a-f]{32}")

    def seal(self, file_id: str, content: bytes) -> None:
        """Keep it. Raises `OSError`."""
        self._keep(file_id, BytesIO(content), len(content), file_id.encode())
