"""The autograder: made here, run in Gradescope's container."""
