"""Assignments and submissions, as values: notebooks and the files beside them are read here, never run."""
