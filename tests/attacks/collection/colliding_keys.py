"""Answer with a dict whose keys all have one hash, which takes quadratic time to build.

Against: no submission slows without bound.
"""
# stock: waits for nbgrader's timeout of minutes

# %% answer table
collide = (1 << 61) - 1
table_with_flip = table_without_flip = {"x": 0}


class Late(dict):
    pass


values = Late()
keys = [n * collide for n in range(1, 20_000)]
dict.update(values, dict.fromkeys(map(str, keys), 0))
table_with_flip = {key: 0 for key in keys[:3_000]}
