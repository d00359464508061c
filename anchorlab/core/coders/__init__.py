"""Coders: a box told from an anchor, in numbers a network can regress. One way a file, encoding and decoding together."""
