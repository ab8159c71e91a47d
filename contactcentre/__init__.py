"""The hotline service: the life of a call, the rim round it, and the process."""

from typing import Final

VERSION: Final = "0.1.0"
