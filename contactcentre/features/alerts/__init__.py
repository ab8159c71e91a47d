"""Alerts: rules on live figures, what they have raised, and who is told."""
