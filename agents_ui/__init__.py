"""The web panel: desk, supervisor board and administration, server-rendered with live updates."""
