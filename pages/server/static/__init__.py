"""Our own few static files."""
