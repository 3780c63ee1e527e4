"""Hand in event files of a hundred thousand trainings of one epoch, each of which may go on with those before it.

Against: no submission slows without bound.
"""
# notebook: fashion_mnist
# student: reference
# may lose: test-events
# slow

# %% by hand
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

start = Event(file_version="brain.Event:2").SerializeToString()
for run in ("train", "validation"):
    (folder / "runs" / run).mkdir(parents=True)
    with open(folder / "runs" / run / "events.out.tfevents.0", "wb") as file:
        writer = RecordWriter(file)
        for step in range(100_000):
            summary = Summary(value=[Summary.Value(tag="loss", simple_value=1 / (step + 1))])
            writer.write(start)
            writer.write(Event(step=step, summary=summary).SerializeToString())
