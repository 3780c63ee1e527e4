"""Confinement of a process, applied by itself: user id, Landlock, seccomp, resource limits."""
