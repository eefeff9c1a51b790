"""Words every capability shares: money, time, identity, errors, states. No input or output, no SQL."""
