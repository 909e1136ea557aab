/** What goes by positions: rows of a table and their gradient, the gradient of a cross-entropy over a vocabulary, sorting. */
import { crossEntropy, f32, gather, grad, i32, mul, sort, sum, type Tensor } from 'typegrad'
import { kernel, moved, type Op } from '../op.js'

type Matrix = Tensor<[number, number]>
const [ROWS, WIDTH, TAKEN, TOKENS] = [50257, 256, 2048, 512]
const table = (): Matrix => f32(ROWS, WIDTH)

/** Positions spread over the table; everything else is normal. */
const positions = (path: string, normal: () => number): number => {
  const x = normal()
  return path === 'operands.at' ? Math.floor(Math.abs(x) * 1e6) % ROWS : x
}

export const indexing: readonly Op[] = [
  kernel(moved(`embedding ${TAKEN} of ${ROWS}x${WIDTH}`, TAKEN * (WIDTH + 1), TAKEN * WIDTH), [TAKEN, WIDTH],
    () => ({ w: table(), at: i32(TAKEN) }), ({ w, at }) => gather(w, at, 0), positions),
  kernel(moved(`embedding gradient ${TAKEN} of ${ROWS}x${WIDTH}`, TAKEN * (WIDTH + 1), ROWS * WIDTH), [ROWS, WIDTH],
    () => ({ at: i32(TAKEN), y: f32(TAKEN, WIDTH) as Matrix }),
    ({ at, y }) => grad((w: Matrix) => sum(mul(gather(w, at, 0) as Matrix, y)))(table()), positions),
  kernel(moved(`cross-entropy gradient [${TOKENS},${ROWS}]`, TOKENS * ROWS, TOKENS * ROWS), [TOKENS, ROWS],
    () => ({ x: f32(TOKENS, ROWS) as Matrix, at: i32(TOKENS) }),
    ({ x, at }) => grad((logits: Matrix) => crossEntropy(logits, at as never))(x), positions),
  kernel(moved('sort [1000,1000]', 1e6, 1e6), [1000, 1000], () => ({ x: f32(1000, 1000) }), ({ x }) => sort(x, 1)),
]
