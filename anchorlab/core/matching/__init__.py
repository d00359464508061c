"""Matching: which anchor learns which object, and why. One rule a file; all answer in one record (`common.Matches`), whose
`reason` is the trace: per anchor the one clause that decided."""
