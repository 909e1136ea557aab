"""GPT-2 small, which differs from the other transformer in its sizes alone."""
from transformer import RATE, jax_loss, torch_loss  # noqa: F401
