/** What the recipes of TRPO share: their settings, how they improve policy and value function, and for how long. */
import { adam, naturalGradient } from 'typegrad'
import { setting } from 'typegrad/run'

/** Settings by what differs from environment to environment. */
export const trpoSettings = ({ steps, bound, discount, lambda, updates }: {
  readonly steps: number; readonly bound: number; readonly discount: number; readonly lambda: number; readonly updates: number
}) => ({
  environments: setting.int(8, 'copies of the environment', { min: 1 }),
  steps: setting.int(steps, 'steps of each an update', { min: 1 }),
  bound: setting.number(bound, 'the most that the mean KL divergence of an update may be, in nats', { min: 0 }),
  damping: setting.number(0.1, 'added to the diagonal of the Fisher matrix', { min: 0 }),
  discount: setting.number(discount, 'γ', { min: 0, max: 1 }),
  lambda: setting.number(lambda, 'λ of generalised advantages', { min: 0, max: 1 }),
  hidden: setting.int(64, 'units of each of two layers, of policy and value function', { min: 1 }),
  lr: setting.number(1e-3, 'learning rate of the value function', { min: 0 }),
  updates: setting.int(updates, 'steps of the value function an update', { min: 1 }),
} as const)

interface Chosen {
  readonly environments: number
  readonly steps: number
  readonly bound: number
  readonly damping: number
  readonly discount: number
  readonly lambda: number
  readonly lr: number
  readonly updates: number
}

/** What the settings say of `trpo`. */
export const updating = ({ environments, steps, bound, damping, discount, lambda, lr, updates }: Chosen) => ({
  environments, steps, bound, discount, lambda,
  solver: naturalGradient({ conjugateGradientSteps: 10, damping, backtrack: 0.8, backtracks: 10 }),
  critic: { optimiser: adam(lr), updates },
})

/** 100,000 steps of the environments in all. */
export const lasting = ({ environments, steps }: { readonly environments: number; readonly steps: number }) =>
  ({ batch: 1, length: { steps: Math.floor(100_000 / (environments * steps)) }, logEvery: 10 })
