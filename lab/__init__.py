"""Telephones made of software: citizens and desk phones for the demonstration and for tests."""

from __future__ import annotations

from pathlib import Path

LAB = Path(__file__).resolve().parent
"""Where their own data lies: scenarios, habits and the carrier's configuration."""
