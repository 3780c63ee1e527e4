"""The report on part 3: one page with every figure and number, made from files."""
