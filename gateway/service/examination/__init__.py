"""The doctor's checks, by subject. Each is a function of a `Patient` that returns findings; none changes anything."""
