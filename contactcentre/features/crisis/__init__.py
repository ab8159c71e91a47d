"""Crisis mode: its plans and its switch."""
