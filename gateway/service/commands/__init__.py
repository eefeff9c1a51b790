"""The commands of `kvit`, by subject. Each module imports what it needs only when its command runs."""
