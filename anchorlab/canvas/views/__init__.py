"""What each page's canvas shows and says: the Python half of `browser/views`, a module a page.

Nothing here imports `component`, which brings the sentences of these modules to the browser.
"""
