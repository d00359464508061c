"""Sampled combinations: none is lost that was promised."""

from collections import Counter

import pytest

from tests.sampling import sampled


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
