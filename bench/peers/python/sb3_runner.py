"""TRPO of Stable-Baselines3-contrib on CartPole-v1, with the settings of typegrad's workload."""
import gymnasium
import sb3_contrib
import torch
from stable_baselines3.common.vec_env import DummyVecEnv

ENVIRONMENTS, STEPS = 8, 128


def version():
    return f'sb3-contrib {sb3_contrib.__version__}'


def start(command):
    torch.set_num_threads(command['threads'])
    environments = DummyVecEnv([lambda: gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make('CartPole-v1'))] * ENVIRONMENTS)
    model = sb3_contrib.TRPO(
        'MlpPolicy', environments, n_steps=STEPS, batch_size=ENVIRONMENTS * STEPS, n_critic_updates=40, learning_rate=1e-3,
        gamma=0.99, gae_lambda=0.97, target_kl=0.01, cg_max_steps=10, cg_damping=0.1, line_search_shrinking_factor=0.8,
        line_search_max_iter=10, device=command['device'], seed=0, verbose=0)
    model.learn(ENVIRONMENTS * STEPS)

    def run(n):
        model.learn(n * ENVIRONMENTS * STEPS, reset_num_timesteps=False)
        returns = [episode['r'] for episode in model.ep_info_buffer]
        return float(sum(returns) / max(1, len(returns)))

    return run
