"""The vocabulary: what every table and column is called, means and may be."""
