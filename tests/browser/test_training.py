"""The Training page in the browser: a training is gone through by keys, and one of one's own runs while one looks on."""

import pytest

SEEN = """() => {
  const s = anchorlabBus.stage;
  return { step: s.step, at: s.playerElement.querySelector("output").textContent, answer: s.view.answer(s) };
}"""


def wait(lab, condition, seconds=120):
    lab.page.wait_for_function(
        f"() => {{ const s = anchorlabBus.stage; return {condition}; }}", timeout=1000 * seconds
    )


def press(lab, *keys):
    for key in keys:
        lab.page.locator(".frame").press(key)
    lab.page.wait_for_function("() => !anchorlabBus.stage.pending")
    return lab.page.evaluate(SEEN)


def test_keys_go_through_the_training(lab):
    lab.goto("training", "watched=1", canvas=True)
    end = press(lab, "End")
    first = press(lab, "Home")
    assert first["at"].startswith("step 0 ") and first["step"] == 0 and end["step"] == -1
    assert "0 of 3" in first["answer"] and first["answer"] != end["answer"]
    later = press(lab, "ArrowRight", "ArrowRight")
    assert 0 < later["step"] and press(lab, "ArrowLeft", "ArrowLeft") == first
    lab.page.wait_for_function("() => location.search.includes('after=0')")
    assert press(lab, "End")["at"] == end["at"]
    assert press(lab, "Home", " ") and lab.page.evaluate("!!anchorlabBus.stage.playing")
    press(lab, "Home")
    assert not lab.page.evaluate("!!anchorlabBus.stage.playing")
    lab.settled()
    assert not lab.axe()


@pytest.mark.lab(viewport="phone", touch=True)
def test_two_trainings_stand_one_below_the_other_on_a_phone(lab):
    lab.goto("training", "beside=1&watched=1", canvas=True)
    height, width = lab.page.evaluate(
        "(({ viewport }) => [viewport.height, viewport.width])(anchorlabBus.stage)"
    )
    assert height > 1.5 * width and not lab.overflowing()


def test_a_training_is_paused_resumed_and_cancelled(lab):
    lab.goto("training", "train.steps=400", canvas=True)
    lab.page.get_by_role("button", name="Train", exact=True).click()
    wait(lab, "s.data.job?.standing === 'running' && s.data.sides[0].steps === 400")
    pause = lab.page.locator('[data-act="job:toggle"]')
    pause.focus()
    pause.press("Enter")
    wait(lab, "s.data.job.standing === 'paused'")
    paused = lab.page.evaluate("anchorlabBus.stage.data.job.step")
    lab.page.wait_for_timeout(2500)
    assert lab.page.evaluate("anchorlabBus.stage.data.job.step") <= paused + 10
    # The same button, under the same finger, goes on.
    assert (
        pause.evaluate("e => e.getRootNode().activeElement === e") and pause.inner_text() == "Resume training"
    )
    pause.press("Enter")
    wait(lab, f"s.data.job.step > {paused}")
    lab.page.locator('[data-act="job:cancel"]').click()
    wait(lab, "s.data.job.standing === 'cancelled' && s.data.a_curve_at.length > 0")
    lab.settled()
    assert "Cancelled after" in lab.page.locator('.slot[data-name="job"]').inner_text()
    assert not lab.axe()
