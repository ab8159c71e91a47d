"""Forecast and staffing: what will ring, who is needed, who is there."""
