"""What callers hear: texts, recordings and names."""
