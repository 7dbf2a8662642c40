"""From a raw value to a controlled one: pure functions, each answer with the rule that made it."""
