"""One claim, one case: its states, evidence and verdicts."""
