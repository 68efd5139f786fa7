"""One account at a glance, for its member's first page and for the desk. Writes nothing."""
