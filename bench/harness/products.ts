/** What must be multiplied in a step, whatever the engine: matrix products and convolutions. */
import type { Program } from 'typegrad/engines'

type Node = Program['outputs'][number]
/** A loop over steps, by the part of it that is read here. */
interface Loop { readonly length: number; readonly body: { readonly next: readonly Node[]; readonly ys: readonly Node[] } }

const products: ReadonlySet<string> = new Set(['matmul', 'conv2d', 'conv2dInput', 'conv2dKernel'])

/** Floating-point operations, a multiplication and an addition counting two, of the products that these depend on. */
export const productFlops = (outputs: readonly Node[]): number => {
  const seen = new Set(outputs), rest = [...outputs]
  let flops = 0
  for (let n = rest.pop(); n !== undefined; n = rest.pop()) {
    if (products.has(n.op)) flops += Number(n.prim.flops(n))
    if (n.op === 'scan') {
      const { length, body } = n.attrs as Loop
      flops += length * productFlops([...body.next, ...body.ys])
    }
    for (const input of n.inputs) if (!seen.has(input)) {
      seen.add(input)
      rest.push(input)
    }
  }
  return flops
}
