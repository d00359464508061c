"""To which lengths things are padded."""

import pytest

from anchorlab.engine import buckets


@pytest.mark.parametrize(
    ("count", "length"),
    [
        (0, 1024),
        (1, 1024),
        (1024, 1024),
        (1025, 4096),
        (4096, 4096),
        (4097, 16384),
        (16384, 16384),
        (16385, 32768),
        (32769, 65536),
        (99_765, 131_072),
        (260_000, 262_144),
    ],
)
def test_anchors(count, length):
    assert buckets.anchor_bucket(count) == length


@pytest.mark.parametrize(
    ("count", "length"), [(0, 8), (1, 8), (8, 8), (9, 64), (64, 64), (65, 128), (300, 512)]
)
def test_objects(count, length):
    assert buckets.object_bucket(count) == length


@pytest.mark.parametrize("length", [buckets.anchor_bucket, buckets.object_bucket])
def test_everybody_finds_room_and_a_bucket_is_its_own(length):
    for count in range(0, 70_000, 97):
        assert length(count) >= count
        assert length(length(count)) == length(count)
