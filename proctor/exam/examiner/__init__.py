"""The test's side: runs tests, sees the student's objects through handles, gives points and words."""
