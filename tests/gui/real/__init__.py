"""The tray's screens against the service's own API, over a real port and a real database."""
