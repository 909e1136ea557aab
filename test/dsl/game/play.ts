/** Games on the reference engine: one function of the game compiled, and run on host arrays. */
import { mapTree, type Leaf } from '../../../src/dsl/core/trees.js'
import { input } from '../../../src/dsl/core/build.js'
import { hostKey, key, type Key } from '../../../src/dsl/keys.js'
import { i32 } from '../../../src/dsl/ops/create.js'
import type { Value } from '../../../src/dsl/value.js'
import { compile } from '../../../src/interp/compile.js'
import { evaluate } from '../../../src/interp/evaluate.js'
import { jsEngine } from '../../../src/interp/js/engine.js'

/** A flat list of numbers as a host array. */
export const host = (shape: readonly number[], data: readonly number[]): Value =>
  ({ shape, dtype: 'float32', data: Float64Array.from(data) })

/** The values of a game's first state. */
export const first = <S>(made: { init(key: Key): S }, seed = 0): S => evaluate(made.init(key(seed))) as unknown as S

/** Runs `f(state, batch, key)` on values; symbols take `sizes`. */
export const play = async <S, B, R>(
  f: (state: S, batch: B, key: Key) => R, state: S, batch: Readonly<Record<string, Value>>, seed: number,
  symbols: readonly string[] = ['B'],
): Promise<R> => {
  const rows = Object.values(batch)[0]
  const spec = (tree: unknown, lead: readonly string[]): unknown => mapTree(tree, ({ shape, dtype }: Leaf) =>
    input({ shape: [...shape.slice(0, lead.length - 1), ...lead.slice(-1), ...shape.slice(lead.length)], dtype }))
  const held = mapTree(state, ({ shape, dtype }: Leaf) => input({ shape, dtype }))
  const specs = { state: held, inputs: { batch: spec(batch, symbols), key: i32(2) } }
  const program = await compile(jsEngine, (s: unknown, i: { batch: unknown; key: Key }) => ({ outputs: f(s as S, i.batch as B, i.key) }),
    specs as never, rows === undefined ? {} : { B: rows.shape[symbols.length - 1] })
  await program.write(state as never)
  return await program.run({ batch, key: { shape: [2], dtype: 'int32', data: hostKey(seed) } } as never) as R
}
