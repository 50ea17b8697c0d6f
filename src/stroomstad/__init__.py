"""Stroomstad: how many homes still fit on the electricity grid of a Dutch city."""
