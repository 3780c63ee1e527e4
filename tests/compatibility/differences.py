from dataclasses import dataclass
@dataclass(frozen=True)
class Difference:
    name: str
    stock: str
    here: str
    reason: str
