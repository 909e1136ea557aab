/** Layer normalisation. */
import * as core from '../core/build.js'
import type { Node } from '../core/node.js'
import { must, nodeOfClass, tensorOf } from '../ops/typed.js'
import { fail, type Arg } from '../shape/check.js'
import { sameShape, showShape } from '../shape/dim.js'
import type { Show, Unify } from '../shape/dim-types.js'
import type { Accepts } from '../shape/dtype.js'
import type { Dim, DType, Shape, Tensor } from '../tensor.js'

/** `[]`, or the message when a vector has not one number for each feature. */
type PerFeature<S extends Shape, Y extends Shape, D, What extends string> =
  Accepts<'layerNorm', D, 'float32'> extends infer F ? F extends string ? F
    : number extends S['length'] | Y['length'] ? []
      : S extends readonly [...Shape, infer N extends Dim]
        ? Y extends readonly [infer M extends Dim] ? [Unify<N, M>] extends [never] ? NotOf<S, Y, What> : [] : NotOf<S, Y, What>
        : 'layerNorm: [] has no axis to normalise'
    : never
type NotOf<S extends Shape, Y extends Shape, What extends string> =
  `layerNorm: the ${What} of ${Show<S>} is ${Show<Y>} but one number for the last axis was expected`

const vector = (x: Node, v: unknown, what: string): Node => {
  const node = nodeOfClass('layerNorm', v, 'float32')
  if (x.shape.length === 0) return must(fail('layerNorm: [] has no axis to normalise'))
  if (!sameShape(node.shape, x.shape.slice(-1))) {
    const [whole, given] = [showShape(x.shape), showShape(node.shape)]
    return must(fail(`layerNorm: the ${what} of ${whole} is ${given} but one number for the last axis was expected`))
  }
  return core.broadcastTo(node, x.shape)
}

/**
 * The last axis brought to mean 0 and variance 1, times `scale`, plus `bias`, both [D] (Ba et al., 2016, eq. 4). A scale that is learnt
 * should start at one, `parameter([D], init.ones())`: the plain spec `f32(D)` starts at zero and shuts the layer.
 *
 * @example
 * ```ts
 * layerNorm(tensor([[0, 10]]), tensor([1, 1]), tensor([0, 0])) // [[-1, 1]]
 * const params = { scale: parameter([64], init.ones()), bias: f32(64) }
 * layerNorm(f32('B', 64), params.scale, params.bias).shape // ['B', 64]
 * ```
 */
export function layerNorm<S extends Shape, D extends DType, G extends Shape, E extends DType, H extends Shape, F extends DType>(
  x: Arg<Accepts<'layerNorm', D, 'float32'>, Tensor<S, D>>, scale: Arg<PerFeature<S, G, E, 'scale'>, Tensor<G, E>>,
  bias: Arg<PerFeature<S, H, F, 'bias'>, Tensor<H, F>>, { epsilon = 1e-5 }: { epsilon?: number } = {},
): Tensor<S> {
  const node = nodeOfClass('layerNorm', x, 'float32')
  const [g, b] = [vector(node, scale, 'scale'), vector(node, bias, 'bias')]
  const last = node.shape.length - 1
  const size = core.cast(core.dimSize(node.shape[last]), 'float32')
  const mean = (y: Node): Node => {
    const total = core.sum(y, [last])
    return core.broadcastTo(core.keep(core.div(total, core.broadcastTo(size, total.shape)), node.shape, [last]), node.shape)
  }
  const centred = core.sub(node, mean(node))
  const normal = core.div(centred, core.sqrt(core.add(mean(core.mul(centred, centred)), epsilon)))
  return tensorOf(core.add(core.mul(normal, g), b))
}
