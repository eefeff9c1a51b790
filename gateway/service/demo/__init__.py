"""The demo: a small frame shop's morning on the sandbox bank, through the real processes."""
