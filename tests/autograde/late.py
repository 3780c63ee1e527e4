"""Late penalties for tests, as a course may have them."""

import os
import signal

from nbgrader.plugins import LateSubmissionPlugin


class TwentyPoints(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 20


class Terminating(LateSubmissionPlugin):
    """The command is told to end while it records a submission."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        os.kill(os.getpid(), signal.SIGTERM)
