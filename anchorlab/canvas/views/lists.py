"""Lists of numbers that people change: sizes and ratios."""

from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "hint": "Type a number such as 96, 0.5 or 1/2, then Enter.",
    "add": "+ add",
    "add_size": "Add a size",
    "add_ratio": "Add a ratio",
    "take_off": "Take off",
    "take_off_size": "Take off size {number}",
    "take_off_ratio": "Take off ratio {number}",
    "most": "{most} at most",
    "one_size": "At least one size is needed; the last one stays.",
    "one_ratio": "At least one ratio is needed; the last one stays.",
    "no_number": "“{text}” is not a number. Type one like 96, 0.5 or 1/2.",
    "not_positive": "{text} must be positive. Type a number above 0.",
    "out_of_range": "{text} is out of range: take a number from {low} to {high}.",
    "twice": "{number} is in the list already.",
}
