"""Banks that lend: one interface, one adapter each."""
