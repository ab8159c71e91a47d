"""The audit log as the features write it; see `contactcentre.storage.audit`."""

from contactcentre.storage.audit import SHELL, Action, AuditEntry, write

__all__ = ["SHELL", "Action", "AuditEntry", "write"]
