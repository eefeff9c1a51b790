"""How far two short words are apart, and by what kind of slip."""

from __future__ import annotations


def distance(one: str, other: str, limit: int, replacing: int = 1) -> int:
    """Edits between two short words: letters added, lost, two neighbours swapped, one replaced.

    Args:
        limit: when there are more, `limit` + 1 is returned.
        replacing: what replacing a letter by another costs; above `limit` it does not happen.
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    # A letter added or lost changes the set of letters by one, one replaced by two.
    if len(set(one) ^ set(other)) > (2 * limit if replacing == 1 else limit):
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            best = before[j - 1] if a == b else min(before[j] + 1, row[j - 1] + 1, before[j - 1] + replacing)
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def one_slip(word: str, form: str) -> bool:
    """Two neighbours swapped, one inner letter lost or one doubled; never one replaced ("смета" is no "счета")."""
    if len(word) == len(form):
        return any(
            form[:i] + form[i + 1] + form[i] + form[i + 2 :] == word
            for i in range(len(form) - 1)
            if form[i] != form[i + 1]
        )
    if len(word) == len(form) - 1:
        return any(form[:i] + form[i + 1 :] == word for i in range(1, len(form) - 1))
    if len(word) == len(form) + 1:
        return any(form[: i + 1] + form[i:] == word for i in range(len(form)))
    return False


def begins_like(word: str, stem: str, limit: int, replacing: int = 1) -> int:
    """The least `distance` between `stem` and a beginning of `word` of about its length.

    Both must begin with the same letter and end alike, or with the last two letters swapped: else every word that
    shares all letters but the last would be a slip.
    """
    if word[:1] != stem[:1] or len(word) < len(stem) - limit:
        return limit + 1
    least = limit + 1
    for length in range(len(stem) - limit, len(stem) + limit + 1):
        head = word[:length]
        if len(head) == length and (head[-1] == stem[-1] or head[-2:] == stem[-1] + stem[-2]):
            least = min(least, distance(head, stem, limit, replacing))
    return least
