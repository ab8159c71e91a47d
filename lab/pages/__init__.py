"""Every page in every state, over the real desk, board and crisis service; no Asterisk is needed.

The web tests, the screenshots and `python -m lab pages` stand on it.
"""
