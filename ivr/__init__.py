"""The voice menu: flow documents, their pure interpreter, and grammatical speech (lv, ru, en)."""
