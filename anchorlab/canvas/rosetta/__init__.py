"""The Rosetta page: one question to two libraries, what each of eight answers, and the words for it."""
