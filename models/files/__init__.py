"""Files from outside: opened safely, cut into lines, read as rows. One reader for every verb."""
