"""The hash tree: one root for all rows, and a path that proves one of them."""

from __future__ import annotations

import hashlib

import pytest

from gateway.store.tree import EMPTY, Tree, leaf, node, paths, root_by_path


def rows(count: int) -> list[str]:
    return [hashlib.sha256(b"%d" % number).hexdigest() for number in range(count)]


def root_by_definition(row_hashes: list[str]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not row_hashes:
        return EMPTY
    if len(row_hashes) == 1:
        return leaf(row_hashes[0])
    split = 1
    while split * 2 < len(row_hashes):
        split *= 2
    return node(root_by_definition(row_hashes[:split]), root_by_definition(row_hashes[split:]))


def grown(row_hashes: list[str], tree: Tree | None = None) -> Tree:
    tree = tree or Tree()
    for row_hash in row_hashes:
        tree.add(row_hash)
    return tree


@pytest.mark.parametrize("count", range(40))
def test_the_root_is_the_standards(count: int) -> None:
    assert grown(rows(count)).root() == root_by_definition(rows(count)).hex()


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 21, 33])
def test_every_row_is_proved_by_its_path_and_by_no_other(count: int) -> None:
    all_rows = rows(count)
    root = grown(all_rows).root()
    proofs = paths(all_rows, range(1, count + 1))
    for number, row_hash in enumerate(all_rows, start=1):
        path = proofs[number]
        assert root_by_path(count, number, row_hash, path) == root
        for other in range(1, count + 1):
            if other != number:
                assert root_by_path(count, other, row_hash, path) != root, "at another place"
        assert root_by_path(count, number, rows(count + 1)[-1], path) != root, "another row"
        assert root_by_path(count, number, row_hash, [*path, "00" * 32]) != root, "a longer way"
        if path:
            assert root_by_path(count, number, row_hash, path[:-1]) != root, "a shorter way"
            assert root_by_path(count, number, row_hash, ["00" * 32, *path[1:]]) != root, "another neighbour"


def test_a_tree_goes_on_where_it_was_left() -> None:
    first = grown(rows(13))
    assert grown(rows(29)[13:], Tree(first.size, first.peaks)).root() == grown(rows(29)).root()


def test_peaks_that_are_not_of_that_size_are_refused() -> None:
    with pytest.raises(ValueError, match="5 rows has 2 peaks"):
        Tree(5, [b"x" * 32])


def test_a_row_outside_the_tree_has_no_path() -> None:
    for number in (0, 4):
        with pytest.raises(ValueError, match="not in the tree"):
            paths(rows(3), [number])
        assert root_by_path(3, number, rows(1)[0], []) is None
