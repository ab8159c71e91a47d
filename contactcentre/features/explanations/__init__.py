"""Why a call went where it did: decisions kept, and told."""
