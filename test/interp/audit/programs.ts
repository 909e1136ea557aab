/** Small programs of the kinds that audits are for, right ones and wrong ones. */
import { key } from '../../../src/dsl/keys.js'
import { mse } from '../../../src/dsl/nn/losses.js'
import { add, mul, sub } from '../../../src/dsl/ops/arithmetic.js'
import { f32, tensor } from '../../../src/dsl/ops/create.js'
import { gather } from '../../../src/dsl/ops/indexing.js'
import { matmul } from '../../../src/dsl/ops/matmul.js'
import { block, named } from '../../../src/dsl/ops/named.js'
import { argMin, mean, sum } from '../../../src/dsl/ops/reduce.js'
import { broadcastTo, expandDims } from '../../../src/dsl/ops/reshape.js'
import { neg, softplus, square, stopGradient, straightThrough, tanh } from '../../../src/dsl/ops/unary.js'
import { adam } from '../../../src/dsl/optim/index.js'
import { placeholders } from '../../../src/dsl/core/placeholders.js'
import type { Statement } from '../../../src/dsl/statement.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { trainStep } from '../../../src/dsl/train.js'

export type Variant = 'right' | 'by hand' | 'without codebook term' | 'β on the codebook term'

const params = { encoder: { w: f32(6, 4), b: f32(4) }, codebook: f32(8, 4), decoder: { w: f32(4, 6), b: f32(6) } }
type Params = typeof params

/** A VQ-VAE (van den Oord et al., 2017, eq. 3) of one layer a side. */
export const vqvae = (variant: Variant = 'right'): Statement => trainStep({
  params, optimiser: adam(1e-3),
  loss: (p: Params, { x }: { x: Tensor<['B', 6]> }) => {
    const z = named('z_e', tanh(add(matmul(x, p.encoder.w), p.encoder.b)))
    const apart = sub(broadcastTo(expandDims(z, 1), ['B', 8, 4]), broadcastTo(p.codebook, ['B', 8, 4]))
    const e = named('e', gather(p.codebook, argMin(sum(square(apart), 2), 1), 0))
    const q = named('z_q', variant === 'by hand' ? add(z, stopGradient(sub(e, z))) : straightThrough(e, z))
    const reconstruction = named('reconstruction', mse(add(matmul(q, p.decoder.w), p.decoder.b), x))
    const codebook = named('codebook', mse(stopGradient(z), e))
    const commitment = named('commitment', mse(z, stopGradient(e)))
    const β = named('β', tensor(0.25))
    return variant === 'without codebook term' ? add(reconstruction, mul(β, commitment))
      : variant === 'β on the codebook term' ? add(add(reconstruction, mul(β, codebook)), commitment)
        : add(add(reconstruction, codebook), mul(β, commitment))
  },
}).statement({ x: f32('B', 6) }, key(0))

/** A game of two with one value, as data; `detached` stops the gradient at the generator's samples. */
export const gan = (detached = false): Statement => {
  const specs = { D: { w: f32(2, 1), b: f32(1) }, G: { w: f32(3, 2), b: f32(2) } }
  const at = placeholders(specs)
  const D = block('D', (p: typeof specs['D'], x: Tensor<['B', 2]>) => add(matmul(tanh(x), p.w), p.b))
  const G = block('G', (p: typeof specs['G'], z: Tensor<['B', 3]>) => add(matmul(z, p.w), p.b))
  const [x, z] = [named('x', f32('B', 2)), named('z', f32('B', 3))]
  const samples = G(at.G, z)
  const real = named('real', mean(softplus(neg(D(at.D, x)))))
  const fake = named('fake', mean(softplus(D(at.D, detached ? stopGradient(samples) : samples))))
  const value = neg(add(real, fake))
  return {
    params: at, aux: {},
    objectives: [
      { player: 'D', sense: 'maximise', moves: at.D, value, constraints: [{ kind: 'clip', bound: 0.1 }], steps: 5 },
      { player: 'G', sense: 'minimise', moves: at.G, value, constraints: [], steps: 1, optimiser: { name: 'adam', settings: { lr: 0.1 } } },
    ],
  }
}
