"""How often people may ring, whom the hotline may dial, and how much: read and changed."""
