"""Groups of widgets that stand together on a page."""
