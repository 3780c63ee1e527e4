"""Hand in event files whose records are whole, and hold tensors of exabytes, texts for numbers and no steps.

Against: no submission stops another.
"""
# notebook: fashion_mnist
# student: reference
# may lose: test-events
# slow

# %% by hand
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.summary.writer.record_writer import RecordWriter

scalars = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="scalars"))


def tensor(dtype, sizes, **numbers):
    dims = [TensorShapeProto.Dim(size=size) for size in sizes]
    return TensorProto(dtype=dtype, tensor_shape=TensorShapeProto(dim=dims), **numbers)


values = {
    "validation": [tensor(7, [], string_val=[b"0.5"]), tensor(1, [], float_val=[0.5])],
    "train": [
        tensor(1, [1 << 20, 1 << 20], float_val=[0.5]),
        tensor(1, [-1], float_val=[0.5]),
        tensor(1, [1 << 62, 1 << 62], tensor_content=b"\0"),
        tensor(99, [], float_val=[0.5]),
    ],
}
for run, tensors in values.items():
    (folder / "runs" / run).mkdir(parents=True)
    with open(folder / "runs" / run / "events.out.tfevents.0", "wb") as file:
        writer = RecordWriter(file)
        writer.write(Event(wall_time=float("nan"), file_version="brain.Event:2").SerializeToString())
        for step, value in enumerate(tensors):
            for tag in ("loss", "accuracy"):
                summary = Summary(value=[Summary.Value(tag=tag, metadata=scalars, tensor=value)])
                writer.write(Event(wall_time=float("-inf"), step=-step, summary=summary).SerializeToString())
