"""Proctor: grades nbgrader assignments with the tests outside the student's process."""
