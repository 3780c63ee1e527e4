"""The visible checks: a folder for each notebook. They say what is wrong before the hidden tests do."""
