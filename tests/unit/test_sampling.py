"""Sampled combinations: none is lost that was promised."""

from collections import Counter

import pytest

from tests.sampling import dealt, sampled


@pytest.mark.parametrize(("rows", "columns"), [(3, 3), (7, 10), (10, 7), (10, 5), (6, 4), (1, 5), (5, 1)])
@pytest.mark.parametrize("times", [1, 2, 100])
def test_every_row_and_every_column_comes_up_and_no_pair_twice(rows, columns, times):
    pairs = sampled(range(rows), "abcdefghij"[:columns], times)
    assert len(set(pairs)) == len(pairs) == min(times * max(rows, columns), rows * columns)
    for side in (0, 1):
        found = Counter(pair[side] for pair in pairs)
        assert len(found) == (rows, columns)[side]
        assert min(found.values()) >= min(times, (columns, rows)[side])


def test_without_rows_or_columns_there_is_nothing():
    assert sampled([], "ab") == sampled("ab", []) == []


@pytest.mark.parametrize(("cases", "expected"), [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (30, 10)])
def test_a_third_is_dealt_and_all_come_up(cases, expected):
    hands = [dealt(list(range(cases)), "test_it", f"commit {k}", 3) for k in range(60)]
    assert all(len(hand) == expected and hand == sorted(set(hand)) for hand in hands)
    assert set().union(*hands) == set(range(cases))
    assert dealt(list(range(cases)), "test_it", "commit 7", 3) == hands[7]


def test_two_tests_are_dealt_other_cases():
    assert len({tuple(dealt(list(range(9)), f"test_{k}", "a commit", 3)) for k in range(20)}) > 1
