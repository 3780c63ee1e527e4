"""The one configuration file: nbgrader reads it when started in this folder."""

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "cis520"

# Loading torch and evaluating 10,000 images takes longer than nbgrader's 30 seconds on a busy machine.
c.Execute.timeout = 180

# Marking schemes stand in the read-only question above each written answer: there graders see
# them in formgrader, and the release loses them. nbgrader expects them in task cells only.
c.ClearMarkScheme.enforce_metadata = False
