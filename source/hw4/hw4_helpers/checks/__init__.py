"""The visible checks: a file for each notebook. They say what is wrong before the hidden tests do."""
