"""The learning rates of one cycle, and what they tell of the cycle."""


def max_lr_of(steps: list) -> float:
    """The ``max_lr`` of a cycle with as many steps as were recorded: the largest rate need not be that of a step."""
    return max(rate for *_, rate in steps) / max(one_cycle_rates(len(steps), 1.0))


def one_cycle_rates(steps: int, max_lr: float) -> list[float]:
    """The learning rates of one cycle."""
    import torch
    from torch.optim.lr_scheduler import OneCycleLR

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], momentum=0.9)
    schedule, rates = OneCycleLR(optimizer, max_lr, total_steps=steps), []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step < steps - 1:
            schedule.step()
    return rates
