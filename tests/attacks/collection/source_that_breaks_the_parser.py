"""Write cells that are hard to parse: nested ten thousand deep, with huge numbers and null bytes. (No submission stops another.)"""

# %% by hand
hard = ["(" * 10_000 + ")" * 10_000, "-" * 100_000 + "1", "+".join("a" * 50_000), "x = " + "9" * 10_000,
        "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 150)), "a\0b", "f'" + "{" * 300 + "}" * 300 + "'", "x" + ".x" * 30_000,
        "lambda: " * 5_000 + "1", "\u202edef f(): pass", "[" * 190 + "]" * 190, "class A:\n pass\n" * 20_000, "not " * 60_000 + "1"]
for number, source in enumerate(hard):
    notebook["cells"].append({"id": f"hard-{number}", "cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None})
