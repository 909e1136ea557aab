/** A problem at its old parameters: the surrogate to first order, the divergence to second, both exactly at other parameters. */
import { gradient, vjp, zerosLike } from '../core/gradient.js'
import type { Node } from '../core/node.js'
import { substitute } from '../core/substitute.js'
import type { Tree } from '../define/tree.js'
import { nodeOf, tensorOf } from '../ops/typed.js'
import type { Shape, Tensor } from '../tensor.js'
import { variablesFor } from '../transform/linearise.js'
import type { TrustRegionProblem } from './solver.js'
import type { Vector } from './vectors.js'

const nodes = (v: Vector): Node[] => v.map(x => nodeOf('trustRegion', x))
const tensors = (ns: readonly Node[]): Vector => ns.map(n => tensorOf<Shape, 'float32'>(n))

/** Surrogate and divergence at some parameters. */
export interface Figures { readonly surrogate: Tensor<[]>; readonly divergence: Tensor<[]> }
export interface LocalModel extends Figures {
  /** The most that the divergence may be. */
  readonly bound: number
  /** The gradients of both at the old parameters. */
  readonly g: Vector
  readonly slope: Vector
  /** v ↦ ∇(∇divergence · v) at the old parameters: the gradient of a gradient, whatever the divergence is made of. */
  readonly fisher: (v: Vector) => Vector
  /** The figures at other parameters. */
  readonly at: (theta: Vector) => Figures
}

export const localModel = <P extends Tree>({ params, surrogate, constraint }: TrustRegionProblem<P>): LocalModel => {
  const theta = variablesFor(params)
  const { value, bound } = constraint(theta.variables)
  const both = [nodeOf('trustRegion', surrogate(theta.variables)), nodeOf('trustRegion', value)]
  const figures = ([l, d]: readonly Node[]): Figures => ({ surrogate: tensorOf<[], 'float32'>(l), divergence: tensorOf<[], 'float32'>(d) })
  const slope = gradient(both[1], theta.nodes)
  return {
    ...figures(theta.back(both)), bound,
    g: tensors(theta.back(gradient(both[0], theta.nodes))),
    slope: tensors(theta.back(slope)),
    fisher: v => tensors(theta.back(vjp(slope, nodes(v), theta.nodes).map((x, i) => x ?? zerosLike(theta.nodes[i])))),
    at: point => figures(substitute(both, new Map(theta.nodes.map((n, i) => [n, nodeOf('trustRegion', point[i])])))),
  }
}
