"""The student's side. Once their first cell has run, nothing in this process can be trusted."""
