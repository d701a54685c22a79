"""A text before anything is read in it: one spelling, kinds under marks, words."""
