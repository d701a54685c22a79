"""The state of the desk in one sentence, and the pulse of the machine behind it."""
