"""What service cards lack: asked of their owners, reported by agents, settled by editors."""
