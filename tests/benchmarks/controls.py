"""Finds the keyboard controls of a page and presses them, whatever the page: for benchmarks and soak tests."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

MAIN = '[data-testid="stMain"] '
KINDS = {
    "slider": MAIN + '[data-testid="stSlider"] input[type="range"]',
    "number": MAIN + '[data-testid="stNumberInput"] input',
    "list": MAIN + ":is(.numberlist .add, [data-testid=stMultiSelect] input)",
    "switch": MAIN + '[data-testid="stCheckbox"] input',
    "choice": MAIN + '[data-testid="stSelectbox"] input',
    "buttons": MAIN + '[data-testid="stButtonGroup"]',
}


@dataclass
class Control:
    """One control: `press()` changes its value by one key press, walking to the end of its range and back."""

    kind: str
    label: str
    where: Locator
    step: int = 1

    def press(self) -> None:
        """One key press that changes the value."""
        if self.kind == "slider":
            value, low, high = self.where.evaluate("e => [+e.value, +e.min, +e.max]")
            self._turn(value <= low, value >= high)
            self.where.press("ArrowRight" if self.step > 0 else "ArrowLeft")
        elif self.kind == "number":
            empty, value, low, high = self.where.evaluate(
                "e => [e.value === '', +e.value, e.min === '' ? -Infinity : +e.min, e.max === '' ? Infinity : +e.max]"
            )
            if empty:  # the arrows begin with a number
                self.where.fill("9")
            self._turn(value <= low, value >= high)
            self.where.press("Enter" if empty else "ArrowUp" if self.step > 0 else "ArrowDown")
        elif self.kind == "list":  # a number more, and off again
            if self.step > 0:
                self.where.fill("3.5")
            self.where.press("Enter" if self.step > 0 else "Backspace")
            self.step = -self.step
        elif self.kind == "switch":
            self.where.press("Space")
        elif self.kind == "choice":  # the list opens on the present option; the next one, or the one before
            present = self.where.input_value()
            self.where.press("ArrowDown")
            options = self.where.page.get_by_role("option")
            options.first.wait_for()
            texts = options.all_inner_texts()  # of a long list only those in sight
            chosen = texts.index(present) if present in texts else 0
            self._turn(chosen <= 0, chosen >= len(texts) - 1)
            for _ in texts:
                active = self.where.evaluate(
                    "e => document.getElementById(e.ariaActiveDescendantElement?.id)?.innerText"
                )
                if active == texts[chosen + self.step]:
                    break
                self.where.press("ArrowDown" if self.step > 0 else "ArrowUp")
            self.where.press("Enter")
        else:
            options = self.where.locator("button[role=radio]")  # a help button may stand among them
            chosen = options.evaluate_all("all => all.findIndex(e => e.ariaChecked === 'true')")
            self._turn(chosen <= 0, chosen >= options.count() - 1)
            options.nth(chosen + self.step).press("Space")

    def _turn(self, at_start: bool, at_end: bool) -> None:
        if at_end:
            self.step = -1
        elif at_start:
            self.step = 1


def find_controls(page: Page) -> list[Control]:
    """The visible, enabled controls of the page in reading order of each kind."""
    found = []
    for kind, css in KINDS.items():
        visible = page.locator(css).locator("visible=true")
        for index in range(visible.count()):
            where = visible.nth(index)
            if where.evaluate("e => !!(e.disabled || e.querySelector('input:disabled, button:disabled'))"):
                continue
            label = where.evaluate(
                """e => e.ariaLabel || e.querySelector('[data-testid="stWidgetLabel"]')?.innerText
                        || e.querySelector('[aria-label]')?.ariaLabel || ''"""
            )
            found.append(Control(kind, label.strip(), where))
    return found
