"""The written answers of a class as PDFs with fixed pages per question, for a Gradescope PDF assignment.

``course`` finds the submissions and hands them to ``pdfs``, which puts a PDF together:
``answers`` says what was asked and answered, ``sheets`` makes HTML of it, ``chromium`` prints it.
"""
