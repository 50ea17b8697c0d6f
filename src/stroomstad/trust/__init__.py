"""How far an answer can be trusted: AC behind the promises, a band round the room, a yardstick."""
