"""The Deploy page in the browser: its boxes are gone through by keys and by pointing, and a link brings the one that is asked about."""

from tests.browser.canvas import Canvas

WHY = ".why p"


def test_boxes_are_gone_through_and_what_was_lost_says_why(lab):
    lab.goto("deploy", canvas=True)
    canvas = Canvas(lab)
    variants = lab.page.evaluate("anchorlabBus.stage.data.variants")
    whole = variants[0]
    four = next(one for one in variants if one["bits"] == 4 and one["per"] == "tensor")
    lost = [k for k in range(len(whole["boxes"])) if k not in four["partner"]]
    assert lost, "the page opens where something is to be seen"
    told = lab.page.locator(WHY)
    # The first one that is lost is asked about, and says by how much.
    assert (
        f"now says {four['left'][lost[0]]:.2f} instead of {whole['scores'][lost[0]]:.2f}" in told.inner_text()
    )
    with lab.expect_rerun():
        canvas.press("ArrowLeft")
    assert lab.page.evaluate("anchorlabBus.stage.prediction") == lost[0] - 1
    asked = told.inner_text()

    # With all bits nothing becomes of it, at once.
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="32", exact=True).click()
    assert "With 32 bits this box scores" in told.inner_text()
    assert "853 kB" in lab.page.locator(".answer").inner_text()

    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    assert told.inner_text() == asked
    link = lab.page.evaluate("anchorlabBus.stage.data.link")
    lab.goto("deploy", link, canvas=True)
    assert told.inner_text() == asked
