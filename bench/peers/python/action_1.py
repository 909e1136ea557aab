"""An action for 1 environments."""
from action import figure, jax_step, torch_step  # noqa: F401
