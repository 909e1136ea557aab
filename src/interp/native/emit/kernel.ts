/** A loop as a C function, and its calls. */
import type { Definition, Surroundings } from '../plan/steps.js'
import { cLongs, cType, pointer } from './c.js'
import type { Ends } from './operands.js'

/** What a share of a parallel loop costs at least, an addition being 1: some microseconds, against one or two to wake a thread. */
const share = 65536

/** The function of a loop over `lo` to `hi`; its text does not depend on sizes, so that loops of one form are one function. */
export const define = (ends: Ends, body: readonly string[], uses: ReadonlySet<string>): Definition => ({
  uses,
  text: [
    `static void NAME(char *const *p, const long *n, long lo, long hi, int worker) {`,
    '(void)n; (void)worker;',
    ...ends.operands.map((o, k) => {
      const t = cType(o.read.memory.dtype)
      return `const ${t} *${o.name} = (const ${t} *)p[${k}];`
    }),
    ...ends.outputs.map((m, k) => `${cType(m.dtype)} *o${k} = (${cType(m.dtype)} *)p[${ends.operands.length + k}];`),
    ...body, '}',
  ].join('\n'),
})

/** Calls a loop on its operands and outputs; `cost` is that of one of its `count` turns. */
export const callKernel = (s: Surroundings, definition: Definition, ends: Ends, count: number, cost: number): string => {
  const name = s.kernel(definition)
  const pointers = [...ends.operands.map(o => `(char *)(${pointer(s, o.read)})`), ...ends.outputs.map(m => s.at(m))]
  const args = `(char *const[]){${pointers.join(', ')}}, ${cLongs(ends.numbers)}`
  const grain = Math.max(1, Math.ceil(share / Math.max(1, cost)))
  return count <= grain ? `${name}(${args}, 0, ${count}, 0);` : `R->parallel(${name}, ${args}, ${count}, ${grain});`
}
