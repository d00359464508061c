"""The Losses page: what a reader takes from it, by mouse and by keyboard."""

import pytest

from tests.browser.canvas import Canvas

SLOT = "name => anchorlabBus.slots.get(name).innerText.replace(/\\s+/g, ' ')"


def told(lab, name: str) -> str:
    lab.page.wait_for_function("anchorlabBus.stage.quiet")
    return lab.page.evaluate(SLOT, name)


def test_what_an_80_percent_sure_background_costs(lab):
    canvas = Canvas(lab.goto("losses", canvas=True))
    assert "1 : 49" in told(lab, "imbalance")
    price = told(lab, "price")
    assert "0.22" in price and "0.0089" in price and "0.0067" in price and "25 times" in price
    # With the key down the numbers follow, before Python is asked.
    slider = lab.page.locator(".st-key-probe_sure input")
    with lab.expect_rerun():
        slider.press("ArrowRight")
        lab.page.wait_for_function("anchorlabBus.slots.get('price').innerText.includes('0.81')")
    assert canvas.python().probe.sure == 0.81
    gamma = lab.page.locator(".st-key-losses_focal_gamma input")
    before = told(lab, "shares")
    with lab.expect_rerun():
        gamma.press("ArrowRight")
    assert told(lab, "shares") != before and "γ = 2.1" in told(lab, "price")


def test_the_point_on_the_curve_is_dragged_and_undone(lab):
    canvas = Canvas(lab.goto("losses", canvas=True))
    chart = lab.page.locator('[data-drag="sure"]')
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    across = lambda sure: box["x"] + box["width"] * (26 + 254 * sure) / 400
    with lab.expect_rerun():
        lab.page.mouse.move(across(0.8), box["y"] + box["height"] / 2)
        lab.page.mouse.down()
        lab.page.mouse.move(across(0.5), box["y"] + box["height"] / 2, steps=4)
        # The browser answers alone.
        assert "0.69" in told(lab, "price") and canvas.python().probe.sure == 0.8
        lab.page.mouse.up()
    assert canvas.python().probe.sure == pytest.approx(0.5, abs=0.011)
    assert float(lab.page.locator(".st-key-probe_sure input").input_value()) == canvas.python().probe.sure
    with lab.expect_rerun():
        lab.page.evaluate("anchorlabBus.stage.command('undo')")
    assert canvas.python().probe.sure == 0.8 and "0.22" in told(lab, "price")


def test_an_rpn_draws_256_and_draws_again(lab):
    canvas = Canvas(lab.goto("losses", canvas=True))
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="RPN: at random").click()
    assert "count 256: 43 and 213" in told(lab, "imbalance")
    with lab.expect_rerun():
        lab.page.get_by_text("Samplers: which anchors count").click()
    assert "128 of them positive" in told(lab, "samplers")
    taken = "Array.from(anchorlabBus.stage.costed.found.taken).join('')"
    before = lab.page.evaluate(taken)
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Draw again").click()
    canvas.answered()
    lab.page.wait_for_function("anchorlabBus.stage.quiet")
    after = lab.page.evaluate(taken)
    assert after != before and after.count("1") == before.count("1") == 256
