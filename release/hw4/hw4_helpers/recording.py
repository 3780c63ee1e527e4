"""What happens to a network while your code works with it, written down for the checks."""

from contextlib import contextmanager


@contextmanager
def recording(net, namespace: dict | None = None, name: str = ""):
    """``with recording(net) as seen:`` what the block does with ``net`` and with optimizers, as plain values.

    seen["steps"]:    for each step of an optimizer its kind, its number in the order of their making, its learning rate
    seen["batches"]:  for each batch that the network was asked about: whether it was in training mode, whether a graph
                      was recorded, the sum of the first image, by which it is known, and whether a step followed
    seen["images"], seen["logits"]: what went in and came out before each step of an optimizer, float32 (N, …)
    seen["returned"]: what the function called ``name`` in ``namespace`` returned, call by call
    seen["open"]:     how many writers of event files were neither closed nor flushed
    """
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook
    from torch.utils.tensorboard import SummaryWriter

    seen: dict = {"steps": [], "batches": [], "returned": []}
    optimizers: list = []
    latest: list = []
    trained: list = []
    writers: list = []
    done: list = []

    def forward(net, inputs, output):
        images = inputs[0].detach()
        seen["batches"].append([net.training, output.requires_grad, float(images[0].sum()), False])
        if output.requires_grad:
            latest[:] = [(len(seen["batches"]) - 1, images.clone(), output.detach().clone())]

    def step(optimizer, *_):
        if not any(optimizer is known for known in optimizers):
            optimizers.append(optimizer)
        number = next(place for place, known in enumerate(optimizers) if known is optimizer)
        seen["steps"].append((type(optimizer).__name__, number, float(optimizer.param_groups[0]["lr"])))
        for place, *both in latest:
            seen["batches"][place][-1] = True
            trained.append(both)
        latest.clear()

    def noting(method, known):
        def noted(writer, *args, **kwargs):
            known.append(writer)
            return method(writer, *args, **kwargs)

        return noted

    def returning(*args, **kwargs):
        seen["returned"].append(function(*args, **kwargs))
        return seen["returned"][-1]

    function = (namespace or {}).get(name)
    if namespace and function:
        namespace[name] = returning
    methods = {name: getattr(SummaryWriter, name) for name in ("__init__", "close", "flush")}
    for method, known in (("__init__", writers), ("close", done), ("flush", done)):
        setattr(SummaryWriter, method, noting(methods[method], known))
    hooks = [register_optimizer_step_pre_hook(step), net.register_forward_hook(forward)]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()
        for method, original in methods.items():
            setattr(SummaryWriter, method, original)
        if namespace and function:
            namespace[name] = function
        seen["open"] = sum(not any(writer is other for other in done) for writer in writers)
        for writer in writers:
            writer.close()
        empty = torch.zeros(0, 1), torch.zeros(0, 10)
        seen["images"], seen["logits"] = (torch.cat(each) for each in zip(*(trained or [empty]), strict=True))
