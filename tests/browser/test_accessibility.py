"""Nobody is kept out: axe on every page with everything open, visible focus, less motion, a live region."""

import pytest

from tests.browser.canvas import Canvas
from tests.places import PAGES


def open_everything(lab):
    for summary in lab.page.locator('[data-testid="stExpander"] summary').all():
        summary.click()
        lab.settled()  # some have their content already, others ask for it


@pytest.mark.parametrize("page", PAGES)
def test_axe_with_everything_open(lab, page):
    lab.goto(page, canvas=True)
    lab.shot(f"{page}-light-laptop")
    canvas = Canvas(lab)
    if page in ("home", "matching"):
        canvas.select(0)  # the class field is there
    open_everything(lab)
    found = lab.axe()
    if page == "home":  # the scene bar is the same everywhere
        for name in ("Share", "Reset"):
            button = lab.page.get_by_role("button", name=name).first
            with lab.expect_rerun():
                button.click()
            found += lab.axe()
            lab.page.keyboard.press("Escape")
            lab.settled()
        with lab.expect_rerun():
            lab.page.locator('[data-testid="stPopoverButton"]').first.click()
        found += lab.axe()
        lab.page.keyboard.press("Escape")
        lab.settled()
        lab.page.get_by_role("button", name="Keyboard (?)").click()
        found += lab.axe()
    assert not found, "\n".join(dict.fromkeys(found))


@pytest.mark.lab(scheme="dark")
@pytest.mark.parametrize("page", PAGES)
def test_axe_in_the_dark(lab, page):
    lab.goto(page, canvas=True)
    lab.shot(f"{page}-dark-laptop")
    open_everything(lab)
    assert not lab.axe()


def test_focus_is_visible_on_the_canvas_and_its_controls(lab):
    lab.goto("nms", canvas=True)
    for selector in (".frame", ".tools button", ".player .play", ".player input", "table.plain button"):
        target = lab.page.locator(selector).first
        target.focus()
        lab.page.keyboard.press("Shift")  # the keyboard is in use: :focus-visible applies
        style = target.evaluate(
            "e => { const s = getComputedStyle(e); return [s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        assert style[0] != "none" and style[1] >= 1, (selector, style)


@pytest.mark.lab(motion="reduce")
def test_less_motion_is_honoured(lab):
    for page in ("matching", "nms"):
        lab.goto(page, canvas=True)
        moving = lab.page.evaluate(
            """() => {
              const roots = [anchorlabBus.stage.root, ...[...anchorlabBus.slots.values()].map((e) => e.getRootNode())];
              const seconds = (v) => Math.max(...v.split(',').map((t) => parseFloat(t) * (t.includes('ms') ? 0.001 : 1)));
              return roots.flatMap((root) => [...root.querySelectorAll('*')]).filter((e) => {
                const s = getComputedStyle(e);
                return seconds(s.transitionDuration) > 0 || (s.animationName !== 'none' && seconds(s.animationDuration) > 0);
              }).map((e) => e.className?.baseVal ?? e.className);
            }"""
        )
        assert not moving, moving


def test_the_picture_speaks(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    frame = lab.page.locator(".frame")
    assert frame.get_attribute("role") == "application" and len(frame.get_attribute("aria-label")) > 20
    help_id = frame.get_attribute("aria-describedby")
    assert "Brackets select" in lab.page.locator(f"#{help_id}").inner_text()
    live = lab.page.locator(".live")
    assert live.get_attribute("role") == "status" and live.get_attribute("aria-live") == "polite"
    said = {canvas.spoken()}
    canvas.focus()
    for key in ("]", "ArrowRight", "n", "Delete", "Escape", "ArrowRight", "."):
        canvas.press(key)
        said.add(canvas.spoken())
    canvas.answered()
    assert len(said) >= 6, said
