/** What the compiler does besides translating: passes, each of which changes no value and can be left out. */
import { TypegradError } from '../../dsl/errors.js'

/**
 * `simplify` rewrites the expression; `views` reads transposes, slices, broadcasts and reshapes through strides instead of copying;
 * `loops` computes several elementwise nodes and sums of rows in one loop; `inPlace` writes a parameter's next value over it; `sharing`
 * gives values that are not needed at the same time one place in memory.
 */
export const passes = ['simplify', 'views', 'loops', 'inPlace', 'sharing'] as const
export type Pass = (typeof passes)[number]
/** Passes that are left out. */
export type Without = ReadonlySet<Pass>

export const checkPasses = (without: readonly Pass[]): Without => {
  const stranger = without.find(pass => !passes.includes(pass))
  if (stranger !== undefined)
    throw new TypegradError('engine', `native: there is no pass ${stranger} to go without; there are ${passes.join(', ')}`)
  return new Set(without)
}
