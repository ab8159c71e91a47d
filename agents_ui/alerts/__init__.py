"""The page of alerts: what stands, what stood, and the rules that raise them."""
