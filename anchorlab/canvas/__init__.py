"""The scene canvas: what Python sends, what comes back, and the browser's half in `browser/`."""
