"""Tasks for people: calls, reviews, confirmations; with a due time in work hours."""
