import fc from 'fast-check'
import { add, cast, mul, scan, sin, tanh, cumsum } from '../../../../src/dsl/core/build.js'
import type { Node } from '../../../../src/dsl/core/node.js'
import type { Dim } from '../../../../src/dsl/tensor.js'
import { anyShape, labelled, real, sizes, slot, tied, type Case } from './draw.js'

type Loops = 'scan' | 'project'
type Body = (carry: readonly Node[], x: readonly Node[], w: Node) => { next: readonly Node[]; ys: readonly Node[] }

/** Bodies over a float carry, an integer carry, a float input and a captured constant. */
const bodies: Readonly<Record<string, Body>> = {
  recurrent: ([h, n], [x], w) => ({ next: [tanh(add(mul(w, h), x)), add(n, 1)], ys: [mul(h, x)] }),
  counted: ([h, n], [x], w) => ({ next: [sin(add(h, mul(x, cast(n, 'float32')))), add(n, n)], ys: [add(h, w), cast(n, 'float32')] }),
  still: ([h, n], [x]) => ({ next: [h, n], ys: [x, h] }),
  nested: ([h, n], [x], w) => {
    const inner = scan({ init: [h], xs: [], length: 2, body: ([c]) => ({ next: [sin(add(mul(c, w), x))], ys: [] }) })
    return { next: [inner.carry[0], n], ys: [mul(inner.before[0], 2)] }
  },
  running: ([h, n], [x], w) => ({ next: [mul(h, w), n], ys: [h.shape.length === 0 ? x : cumsum(x, 0)] }),
}

const loops: fc.Arbitrary<Case> = fc.tuple(anyShape(0, 2), fc.constantFrom<Dim>('T', 'B', 3, 1), sizes, fc.boolean(),
  fc.constantFrom(...Object.keys(bodies)), fc.nat(4))
  .chain(([shape, length, s, reverse, name, which]) =>
    fc.tuple(slot(shape, s, real), tied(shape, s, 'int32'), slot([length, ...shape], s, real), slot(shape, s, real))
    .map(inputs => labelled({
      inputs, sizes: s,
      build: ([h, n, x, w], dim) => {
        const { carry, ys, before } = scan({ init: [h, n], xs: [x], length: dim(length), reverse, body: (c, xs) => bodies[name](c, xs, w) })
        const results = [...carry, ...ys, ...before]
        return results[which % results.length]
      },
    }, `scan ${name} result ${which}`, { length, reverse })))

export const loopCases: { readonly [P in Loops]: fc.Arbitrary<Case> } = { scan: loops, project: loops }
