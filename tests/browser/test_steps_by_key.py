"""Whoever steps by the key of a button stays at it: at the last step, too, where it can do nothing more."""

import pytest

from tests.browser.canvas import Canvas

# The element that has the focus, however deep in shadow roots, as what a test can compare.
_FOCUSED = """() => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  return { tag: e?.tagName, act: e?.dataset?.act ?? e?.dataset?.tool ?? '', off: e?.disabled === true,
           idle: e?.getAttribute?.('aria-disabled') === 'true', shown: Boolean(e?.getClientRects().length) };
}"""


def focused(lab):
    return lab.page.evaluate(_FOCUSED)


def stay(lab, canvas, act, end, key="Enter", most=60):
    """Presses a button by its key until `end` holds, and twice more; the focus never leaves it."""
    for _ in range(most):
        lab.page.keyboard.press(key)
        canvas.drawn()
        now = focused(lab)
        assert (now["tag"], now["act"], now["off"], now["shown"]) == ("BUTTON", act, False, True), now
        if end():
            break
    assert end() and focused(lab)["idle"]
    before = canvas.seen()
    for again in ("Enter", "Space"):
        lab.page.keyboard.press(again)
        canvas.drawn()
        assert focused(lab)["act"] == act
    after = canvas.seen()
    assert (before["step"], before["playing"]) == (after["step"], after["playing"])


@pytest.mark.parametrize("method", ["hard", "matrix"])
def test_the_player_of_nms(lab, method):
    lab.goto("nms", f"method={method}", canvas=True)
    canvas = Canvas(lab)
    rounds = lab.page.evaluate("anchorlabBus.stage.played.rounds")
    at = lambda step: lambda: canvas.seen()["step"] == step
    for act, step in (("next", rounds), ("back", 0), ("last", rounds), ("first", 0)):
        lab.page.locator(f'.player [data-act="{act}"]').focus()
        stay(lab, canvas, act, at(step))
    # On it goes from there with the next key of the row.
    lab.page.keyboard.press("Tab")
    assert focused(lab)["act"] == "back"


def test_the_rounds_of_matching(lab):
    lab.goto("matching", "rule=greedy", canvas=True)
    canvas = Canvas(lab)
    for act in ("next", "back", "last", "first"):
        button = lab.page.locator(f'.stepper [data-act="{act}"]')
        button.focus()
        stay(lab, canvas, act, lambda button=button: button.get_attribute("aria-disabled") == "true")


def test_undo_and_redo_of_the_last_change(lab):
    lab.goto("matching", canvas=True)
    canvas = Canvas(lab)
    canvas.focus()
    canvas.press("n")
    canvas.agree()
    for tool, count in (("undo", 3), ("redo", 4), ("undo", 3)):
        button = lab.page.locator(f'.tools [data-tool="{tool}"]')
        button.focus()
        lab.page.keyboard.press("Enter")
        canvas.wait("s.boxes.length === arg", count)
        assert len(canvas.agree()) == count
        canvas.wait("s.toolbar.querySelector(`[data-tool=${arg}]`).ariaDisabled === 'true'", tool)
        assert focused(lab)["act"] == tool
        lab.page.keyboard.press("Enter")
        assert len(canvas.agree()) == count and focused(lab)["act"] == tool
    lab.page.locator('.tools [data-tool="zoomIn"]').focus()
    lab.page.keyboard.press("Enter")
    fit = lab.page.locator('.tools [data-tool="fit"]')
    fit.focus()
    lab.page.keyboard.press("Enter")
    canvas.wait("!s.viewport.moved && !s.pending")
    assert focused(lab)["act"] == "fit" and focused(lab)["idle"]


@pytest.mark.parametrize(("page", "buttons"), [("home", ".step"), ("pyramid", ".level")])
def test_steps_and_levels(lab, page, buttons):
    """Of these none is ever idle: each is pressed by its key, and stays where it is."""
    lab.goto(page, canvas=True)
    canvas = Canvas(lab)
    count = lab.page.locator(buttons).count()
    assert count > 2
    for k in range(count):
        lab.page.locator(buttons).nth(k).focus()
        act = focused(lab)["act"]
        for _ in range(2):
            lab.page.keyboard.press("Enter")
            canvas.answered()
            canvas.drawn()
            assert (focused(lab)["tag"], focused(lab)["act"]) == ("BUTTON", act)
