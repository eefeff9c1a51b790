"""The bank room: channels to banks, formats they send, and the inbox that stores before it believes."""
