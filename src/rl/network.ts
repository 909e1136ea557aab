/** Multi-layer perceptrons with orthogonal weights, the usual networks of policies and values. */
import * as core from '../dsl/core/build.js'
import type { Node } from '../dsl/core/node.js'
import { TypegradError } from '../dsl/errors.js'
import { f32, parameter } from '../dsl/ops/index.js'
import { nodeOf } from '../dsl/ops/typed.js'
import { init } from '../dsl/params/index.js'
import type { Tensor } from '../dsl/tensor.js'

/** Weights [I, O] and biases [O] of one layer. */
export type Dense = { readonly w: Tensor<[number, number]>; readonly b: Tensor<[number]> }
/** The layers of a perceptron, from observations to outputs. */
export type Network = readonly Dense[]

/** The sizes of a perceptron, and by how much its last layer's weights are scaled. */
interface Sizes { readonly inputs: number; readonly hidden: readonly number[]; readonly outputs: number; readonly gain: number }

/** Specs of a perceptron: orthogonal weights with gain √2, the last layer's with its own, and biases of 0 (Andrychowicz et al., 2021). */
export const network = (who: string, { inputs, hidden, outputs, gain }: Sizes): Network => {
  const sizes = [inputs, ...hidden, outputs]
  const bad = sizes.find(n => !(Number.isInteger(n) && n > 0))
  if (bad !== undefined) throw new TypegradError('value', `${who}: a layer has ${bad} units, but a whole number above 0 was expected`)
  return sizes.slice(1).map((to, l) => ({
    w: parameter([sizes[l], to], init.orthogonal(l === hidden.length ? gain : Math.SQRT2)), b: f32(to),
  }))
}

/** The outputs [..., O] for observations [..., I], with tanh between layers. */
export const applyNetwork = (layers: Network, x: Node): Node =>
  layers.reduce((below, { w, b }, l) => {
    const y = core.matmul(below, nodeOf('network', w))
    const z = core.add(y, core.broadcastTo(nodeOf('network', b), y.shape))
    return l + 1 < layers.length ? core.tanh(z) : z
  }, x)
