"""Routes of the interface, each a thin shell over what it asks."""
