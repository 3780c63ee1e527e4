"""A late penalty for tests, as a course may have one."""

from nbgrader.plugins import LateSubmissionPlugin


class TwentyPoints(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 20
