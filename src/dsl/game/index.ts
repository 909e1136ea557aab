/** Games between players. */
export { clipWeights, gradientPenalty, penalty, type Clip, type GradientPenaltySpec, type Penalty } from './constraints.js'
export { game, type ConstraintsOf, type Game, type GameMetrics, type GameSpec, type GameState } from './game.js'
export type { Held, MoveFigures, Payoff } from './move.js'
export {
  maximiser, minimiser, type Candidates, type OptimisersOf, type ParamsOf, type Player, type Players, type PlayersFault, type PlayerSpec,
  type Sense,
} from './player.js'
