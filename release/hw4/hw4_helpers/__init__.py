"""What you should not have to write yourself; ``hw4.py`` says what of it the notebooks use."""
