"""A hash tree over the journal: one root stands for all rows up to a head, and a short path proves one row in it.

RFC 9162 (section 2.1), SHA-256; leaf i is the hash of row i + 1. The chain alone could prove a row's place only to
somebody who is shown all rows after it, with everybody's names in them. The path shows hashes only, some twenty for a
million rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf(row_hash: str) -> bytes:
    """The tree's hash of a row."""
    return hashlib.sha256(b"\x00" + row_hash.encode("ascii")).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two neighbours."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that only grows, kept as its complete left parts ("peaks", the largest first).

    Args:
        size, peaks: of an earlier `Tree`; rows are added after them.

    Attributes:
        size: the number of rows in it.
    """

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if size.bit_count() != len(peaks):
            raise ValueError(f"a tree of {size} rows has {size.bit_count()} peaks, not {len(peaks)}")
        self.size = size
        self._peaks = list(peaks)

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """What a later `Tree` goes on from."""
        return tuple(self._peaks)

    def add(self, row_hash: str) -> None:
        """The next row."""
        grown = leaf(row_hash)
        size = self.size
        while size & 1:
            grown = node(self._peaks.pop(), grown)
            size >>= 1
        self._peaks.append(grown)
        self.size += 1

    def root(self) -> str:
        """Stands for all rows so far; lower-case hex."""
        if not self._peaks:
            return EMPTY.hex()
        whole = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            whole = node(peak, whole)
        return whole.hex()


def paths(row_hashes: Iterable[str], wanted: Iterable[int]) -> dict[int, list[str]]:
    """For each wanted row number the neighbours on its way to the root, lowest first, lower-case hex.

    Args:
        row_hashes: of all rows from 1 to the head.
        wanted: row numbers from 1 on.
    """
    level = [leaf(row_hash) for row_hash in row_hashes]
    at = {number: number - 1 for number in wanted}
    if any(not 0 <= index < len(level) for index in at.values()):
        raise ValueError("a wanted row is not in the tree")
    found: dict[int, list[str]] = {number: [] for number in at}
    while len(level) > 1:
        for number, index in at.items():
            beside = index ^ 1
            if beside < len(level):  # the last of an odd level goes up alone
                found[number].append(level[beside].hex())
            at[number] = index >> 1
        level = [node(level[i], level[i + 1]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
    return found


def root_by_path(size: int, number: int, row_hash: str, path: Sequence[str]) -> str | None:
    """The root that row `number` of `size` leads to by `path`; None when the path has another length."""
    if not 1 <= number <= size:
        return None
    index, last, reached = number - 1, size - 1, leaf(row_hash)
    for step in path:
        if last == 0:
            return None
        beside = bytes.fromhex(step)
        if index & 1 or index == last:
            reached = node(beside, reached)
            while index and not index & 1:
                index >>= 1
                last >>= 1
        else:
            reached = node(reached, beside)
        index >>= 1
        last >>= 1
    return reached.hex() if last == 0 else None


def holds(root: str, size: int, rows: Mapping[int, str], proof: Mapping[int, Sequence[str]]) -> bool:
    """Whether every row (number → hash) is in the tree of this root and size."""
    return all(root_by_path(size, number, row_hash, proof[number]) == root for number, row_hash in rows.items())
