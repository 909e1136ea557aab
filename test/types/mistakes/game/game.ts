import { clipWeights, game, gradientPenalty, maximiser } from '../../../../src/dsl/game/index.js'
import { key } from '../../../../src/dsl/keys.js'
import { f32, matmul, sum } from '../../../../src/dsl/ops/index.js'
import { sgd } from '../../../../src/dsl/optim/index.js'
import { mistake, typeOnly } from '../../harness/mistake.js'

const optimiser = sgd(0.1)
const free = maximiser({ params: {}, optimiser })
interface Odd extends Omit<typeof free, 'sense'> { readonly sense: 'min' }
const odd: Odd = { ...free, sense: 'min' }

mistake('game: a player alone', () => game({ /*!*/ players: { f: free }, value: () => f32() }))

mistake('game: a sense that is none', () => game({ players: { f: free, /*!*/ g: odd }, value: () => f32() }))

typeOnly('game: a payoff that reads a stranger', () => game({ players: { f: free, g: free }, value: ({ /*!*/ h }) => sum(h) }))

typeOnly('game: a constraint on a stranger', () => game({
  players: { f: free, g: free }, value: () => f32(), constraints: { /*!*/ h: [clipWeights(0.01)] },
}))

typeOnly('game: a payoff that is no scalar', () => game({ players: { f: free, g: free }, /*!*/ value: () => f32(2) }))

typeOnly('gradientPenalty: samples of different sizes', () => gradientPenalty({
  weight: 10, of: x => matmul(x, f32(2, 1)), between: [f32('B', 2), /*!*/ f32('B', 3)], key: key(0),
}))
