"""A city over the years of a plan: every link at the end of every year."""
