"""The reference pages of the docs, made from the code (``make docs``); tests compare the two."""
