"""Voice messages: heard on the desk, and their files kept for so long and no longer."""
