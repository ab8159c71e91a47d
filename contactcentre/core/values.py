"""How a frozen `msgspec.Struct` is copied with something changed: docs/decisions/0051."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # told like this, names and types of what is changed are checked
    from dataclasses import replace as replace
else:
    from msgspec.structs import replace as replace
