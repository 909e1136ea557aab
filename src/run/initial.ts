/** The state before the first step. */
import { hostKey } from '../dsl/keys.js'
import type { Value } from '../dsl/value.js'
import type { Engine } from '../interp/engine.js'
import { keySpec, type Assembly, type State } from './assembly.js'
import { compileTrees, type Runnable } from './compiled.js'
import { keyValue } from './random.js'

/** Parameters and carried state from the seed, and the optimiser's own. */
export const initialState = async (engine: Engine, assembly: Assembly, seed: number): Promise<State> => {
  const start: Runnable<Readonly<Record<string, never>>, { readonly key: Value }, State> =
    await compileTrees(engine, assembly.initial, { state: {}, inputs: { key: keySpec() } })
  const state = await start.run({ key: keyValue(hostKey(seed, 'init')) })
  await start.release()
  return state
}
