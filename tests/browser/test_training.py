"""The Training page in the browser: a training is gone through by keys, and one of one's own runs while one looks on."""

import pytest

from tests.browser.test_uploads import Menu, picture, saved

SEEN = """() => {
  const s = anchorlabBus.stage;
  return { step: s.step, at: s.playerElement.querySelector("output").textContent, answer: s.view.answer(s) };
}"""


def wait(lab, condition, seconds=240):
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


def train(lab):
    lab.page.get_by_role("button", name="Train", exact=True).click()


def test_an_uploaded_picture_is_learned_by_heart_and_its_boxes_are_a_source(lab, open_lab):
    lab.goto("matching", "train.steps=20&train.data=own%20scene&train.start=shipped", canvas=True)
    menu = Menu(lab)
    menu.upload("mine.png", saved(picture(), "PNG"))
    menu.close()
    menu.canvas.wait("s.photo.width === 120 && s.photoImage")
    with lab.expect_rerun():
        menu.canvas.draw(30, 20, 90, 60)
    lab.turn_to("training")
    train(lab)
    wait(lab, "s.data.job?.standing === 'done' && s.data.sides[0].own")
    assert lab.page.evaluate("anchorlabBus.stage.boxes.length") == 1
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Show its predictions").click()
    lab.turn_to("nms")
    assert lab.page.evaluate("[...new Set(anchorlabBus.stage.data.classes)]") == ["object"]
    assert "this scene (no. 1)" in lab.page.locator(".st-key-weights input").input_value()
    # Whoever opens the link has other weights, and is told.
    other = open_lab()
    other.goto("nms", "from=detector&weights=2", canvas=True)
    assert other.page.get_by_text("A link carries no weights").count() == 1
    assert "triangle" in other.page.evaluate("anchorlabBus.stage.data.classes")


def test_the_second_visitor_waits_until_the_first_one_leaves(open_lab):
    first, second = open_lab(), open_lab()
    first.goto("training", "train.steps=4000", canvas=True)
    train(first)
    wait(first, "s.data.job && s.data.job.standing !== 'waiting'")
    second.goto("training", "train.steps=10", canvas=True)
    train(second)
    wait(second, "s.data.job?.standing === 'waiting'")
    second.settled()
    assert "yours is next" in second.page.locator('.slot[data-name="job"]').inner_text()
    first.close()
    wait(second, "s.data.job.standing === 'done' && s.data.sides[0].steps === 10")
