"""What is wrong with what arrived, or with what should cross."""


class WireError(Exception):
    """What arrived is not a value."""


class TooBig(WireError):
    """A value larger, deeper or with more objects than the limits allow."""
