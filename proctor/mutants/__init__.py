"""Tests that are proved: wrong answers that must lose points, right ones that must not.

``bank`` reads ``mutants/ASSIGNMENT/`` and ``right/ASSIGNMENT/``, ``trial`` grades what stands there,
``machine`` makes more wrong answers, ``matrix`` prints what became of them.
"""
