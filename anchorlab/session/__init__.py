"""What one visitor has on the table: the state that a link restores, its history, and the engine's answers for it."""
