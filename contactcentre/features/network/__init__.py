"""The network as people edit it: by forms, and by files."""
