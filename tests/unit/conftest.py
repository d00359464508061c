"""Fixtures of the tests that run the canvas's modules under Node."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.node import NodeRunner


@pytest.fixture(scope="session")
def node() -> Iterator[NodeRunner]:
    """One process for all tests of a session."""
    with NodeRunner() as runner:
        yield runner


@pytest.fixture
def run(node: NodeRunner) -> Callable[..., Any]:
    """run(job, **data): what the runner answers to a job."""
    return node.run
