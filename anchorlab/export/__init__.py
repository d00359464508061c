"""The settings of the laboratory as working configuration of other libraries, one module for each.

A setting that a library has not is converted where that is exact (a ratio meant as width / height becomes 1 / r, a
threshold that must be met becomes the next float32); else the code says so in a comment.
"""
