"""The Evaluation page: one curve built detection by detection, both ways, and a whole set of the visitor's own."""

import json

from tests.browser.canvas import Canvas
from tests.unit.scenes.test_coco_io import RESULTS, TRUTH

NOW = """() => { const s = anchorlabBus.stage; const steps = s.counted.list.length;
  return { step: s.step < 0 ? steps : s.step, steps, why: anchorlabBus.slots.get('readout').querySelector('.why').innerText,
           strip: s.stripElement.innerText.replace(/\\s+/g, ' ') }; }"""


def test_the_curve_is_walked_both_ways_and_every_step_tells_its_story(lab):
    lab.goto("evaluation", "scene=cat&iou_threshold=0.7", canvas=True)
    canvas = Canvas(lab)

    def after(*keys):
        canvas.press(*keys)
        lab.page.wait_for_function("anchorlabBus.stage.quiet")
        return lab.page.evaluate(NOW)

    first = after("Home")
    assert first["step"] == 0 and "Before the first" in first["why"]
    one = after("ArrowRight")
    assert one["step"] == 1 and "true positive" in one["why"]
    wrong = after("ArrowDown")
    assert wrong["step"] == 5 and "already found by a surer box" in wrong["why"] and "0.80" in wrong["strip"]
    assert after("ArrowRight")["step"] == 6
    assert after("ArrowLeft") == wrong
    last = after("End")
    assert last["step"] == last["steps"] == 17
    assert not lab.axe()


def test_a_set_of_ones_own_is_measured(lab):
    lab.goto("evaluation", canvas=True)
    with lab.expect_rerun():
        lab.page.locator("summary", has_text="Your own set").click()
    for key, document in (("set_truth", TRUTH), ("set_found", RESULTS)):
        with lab.expect_rerun():
            lab.page.locator(f".st-key-{key} input[type=file]").set_input_files(
                {
                    "name": f"{key}.json",
                    "mimeType": "application/json",
                    "buffer": json.dumps(document).encode(),
                }
            )
    lab.page.get_by_text("Read 2 detections.").wait_for()
    table = lab.page.get_by_test_id("stTable").last
    assert "0.450" in table.inner_text()  # the dog at nine of ten thresholds, the cat at none
