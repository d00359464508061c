"""Choosing an option of a list, as a visitor does."""

from tests.browser.driver import Lab


def choose(lab: Lab, label: str, words: str) -> None:
    """Another option of a list. What is typed leaves only those that hold it: a long list would have to scroll."""
    box = lab.page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    with lab.expect_rerun():
        lab.page.get_by_role("option", name=words, exact=True).click()
