"""Put megabytes where nobody counts them: names of exceptions, of displays and of kinds of content.

Against: no submission stops the host.
"""
# stock: would harm the grading host: gigabytes of output

# %% after conv-output-shape
from proctor.exam.candidate import candidate
from proctor.exam.wire.messages import Display, Error, Ran

honest, long = candidate.encode, "n" * 60_000


def flood(message):
    if type(message) is Ran:
        message.outputs = [
            *(Error(f"{long}{i}", "", [""] * 1000) for i in range(10)),
            *(Display({f"{long}/{i}": ""}, "{}") for i in range(10)),
            *(Display({}, "{}", f"{long}{i}", update=i % 2 == 1) for i in range(10)),
        ]
        message.said = "s" * 9000
    return honest(message)


candidate.encode = flood

# %% after conv-output-shape
raise type("E" * 3_000_000, (Exception,), {})

# %% after fc-parameters
1
