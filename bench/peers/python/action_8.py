"""An action for 8 environments."""
from action import figure, jax_step, torch_step  # noqa: F401
