/** What the compiler does besides translating: passes, each of which changes values by rounding at most and can be left out. */
import { TypegradError } from '../../dsl/errors.js'

/**
 * The passes of the engine `native` that may be left out: `simplify` rewrites the expression; `views` reads transposes, slices, broadcasts
 * and reshapes through strides instead of copying; `loops` computes several elementwise nodes and sums of rows in one loop; `inPlace`
 * writes a parameter's next value over it; `sharing` gives values that are not needed at the same time one place in memory.
 *
 * @example
 * ```ts
 * import { nativeEngine, passes } from 'typegrad/engines'
 *
 * for (const pass of passes) console.log(pass, (await nativeEngine({ threads: 1, without: [pass] })).name)
 * ```
 */
export const passes = ['simplify', 'views', 'loops', 'inPlace', 'sharing'] as const
/** A pass of the engine `native`, by name. */
export type Pass = (typeof passes)[number]
/** Passes that are left out. */
export type Without = ReadonlySet<Pass>

/** The passes that are left out; throws where one is none. */
export const checkPasses = (without: readonly Pass[]): Without => {
  const given: unknown = without
  if (!Array.isArray(given))
    throw new TypegradError('engine', `native: without is a list of passes to go without, such as ['loops'], but it is ${String(given)}`)
  const stranger = without.find(pass => !passes.includes(pass))
  if (stranger !== undefined)
    throw new TypegradError('engine', `native: there is no pass ${stranger} to go without; there are ${passes.join(', ')}`)
  return new Set(without)
}
