"""The runner of JavaScript: always there, one process, and what goes wrong in it fails the test that asked."""

import signal
from collections.abc import Iterator

import pytest

from tests.node import JavaScriptError, NodeRunner


@pytest.fixture
def own() -> Iterator[NodeRunner]:
    """A runner that a test may break."""
    with NodeRunner() as runner:
        yield runner


def test_node_needs_no_installation(own, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert own.run("say", words="here") == "here"


def test_one_process_answers_all_jobs(own):
    words = ["", "naïve 猫 🐱", 'a\nline "quoted"', "\u2028", "x" * 3_000_000]
    assert [own.run("say", words=w) for w in words] == words
    assert own.started == 1


def test_what_a_job_throws_comes_with_its_stack(own):
    with pytest.raises(JavaScriptError, match=r"TypeError.*null(?s:.*)at .*throw.*run_modules\.mjs:\d+"):
        own.run("throw")
    with pytest.raises(JavaScriptError, match="there is no job nonsense"):
        own.run("nonsense")
    assert own.run("say", words="still here") == "still here"
    assert own.started == 1


def test_a_job_that_ends_the_process_fails_alone(own):
    with pytest.raises(JavaScriptError, match=r"status 3 during the job 'end'(?s:.*)last words"):
        own.run("end", words="last words")
    assert own.run("say", words="a new one") == "a new one"
    with pytest.raises(
        JavaScriptError, match=r"status 1 during the job 'later'(?s:.*)Error: nobody caught me"
    ):
        own.run("later", words="nobody caught me")
    own.run("say", words="again")
    assert own.started == 3


def test_a_process_that_died_between_jobs_is_replaced(own):
    own.run("say", words="alive")
    own.process.send_signal(signal.SIGKILL)
    own.process.wait()
    assert own.run("say", words="alive again") == "alive again"


def test_an_interrupted_job_answers_no_other(own, monkeypatch):
    own.run("say", words="first")
    process = own.process

    class Interrupted:
        def readline(self):
            raise KeyboardInterrupt

        def close(self):
            pass

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(process, "stdout", Interrupted())
        own.run("say", words="interrupted")
    assert process.poll() is not None
    assert own.run("say", words="second") == "second"
