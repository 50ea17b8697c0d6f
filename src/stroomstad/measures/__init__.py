"""What a measure is, where it lies, and what one unit of it does to grid and load."""
