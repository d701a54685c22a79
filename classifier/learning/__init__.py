"""How weights are made and renewed: examples, folds, training, editions."""
