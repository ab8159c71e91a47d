"""Traces: what a call's time went into, for a collector that speaks OpenTelemetry."""
