"""Which projects fit, from when, what binds, and what helps."""
