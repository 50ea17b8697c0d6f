"""What runs hold as a map and a browser want it: layers, features, assets and places."""
