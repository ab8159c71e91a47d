"""Cases: what was promised a citizen, by whom and until when."""
