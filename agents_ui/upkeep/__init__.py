"""What service cards lack: questions to their owners, and errors that agents have reported."""
