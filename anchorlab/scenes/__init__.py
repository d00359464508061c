"""Pictures with boxes: the built-in scenes, and everything that comes in from outside."""
