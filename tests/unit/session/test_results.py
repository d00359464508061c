"""What the session remembers of the engine's answers."""

import numpy as np

from anchorlab.session.results import KEPT, remembered


def test_answers_are_remembered_within_their_room():
    asked = []

    def answer(size):
        asked.append(size)
        return np.zeros(size, np.int8), (np.zeros(size, np.int8), "not an array")

    ask = remembered(answer, room=100)
    assert ask(20) is ask(20) and asked == [20]
    ask(30), ask(20)  # 40 + 60 bytes: just room enough, and 20 was asked for last
    ask(1)
    assert ask(20)[0].size == 20 and asked == [20, 30, 1]
    ask(30)
    assert asked == [20, 30, 1, 30], "the one that nobody had asked for longest made way"
    assert ask(500) is ask(500), "the last one is kept whatever its size"


def test_so_many_answers_are_remembered():
    asked = []
    few = remembered(asked.append)
    for number in [*range(KEPT + 1), *range(1, KEPT + 1), 0]:
        few(number)
    assert asked == [*range(KEPT + 1), 0]
