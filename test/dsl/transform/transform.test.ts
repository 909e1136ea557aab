import { describe, expect, it } from 'vitest'
import type { Node } from '../../../src/dsl/core/node.js'
import { define } from '../../../src/dsl/define/define.js'
import { add, exp, f32, i32, matmul, mul, round, sum, tensor } from '../../../src/dsl/ops/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { customVjp } from '../../../src/dsl/transform/custom-vjp.js'
import { grad, hvp, valueAndGrad } from '../../../src/dsl/transform/grad.js'
import { jvp, vjp } from '../../../src/dsl/transform/products.js'
import { scan } from '../../../src/dsl/transform/scan.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'

/** The numbers of an expression without placeholders. */
const valueOf = (t: unknown): number[] => Array.from(evaluate([t as Node], new Map())[0].data)

describe('grad', () => {
  const loss = (p: { w: Tensor<[3]>; b: readonly [Tensor<[]>] }, x: Tensor<[3]>) => add(sum(mul(mul(p.w, p.w), x)), p.b[0])

  it('has the tree of the first argument', () => {
    const g = grad(loss)({ w: tensor([1, 2, 3]), b: [tensor(5)] }, tensor([4, 5, 6]))
    expect(valueOf(g.w)).toEqual([8, 20, 36])
    expect(valueOf(g.b[0])).toEqual([1])
  })

  it('differentiates in the first argument only, though the second is the same tensor', () => {
    const x = tensor([1, 2, 3])
    expect(valueOf(grad((w: Tensor<[3]>, y: Tensor<[3]>) => sum(mul(w, y)))(x, x))).toEqual([1, 2, 3])
  })

  it('can be differentiated again', () => {
    const cube = (x: Tensor<[]>) => mul(x, mul(x, x))
    expect(valueOf(grad(grad(grad(cube)))(tensor(2)))).toEqual([6])
  })

  it('shares its computation with the value', () => {
    const [value, g] = valueAndGrad((w: Tensor<[2]>) => sum(exp(w)))(tensor([0, 1]))
    expect(valueOf(value)[0]).toBeCloseTo(1 + Math.E)
    expect(valueOf(g)[1]).toBeCloseTo(Math.E)
  })

  it('of a definition is a definition', () => {
    const energy = define({ w: f32('I', 'O') }, [f32('B', 'I')], (p, x) => sum(matmul(x, p.w)))
    const g = grad(energy)
    expect(g({ w: f32(3, 2) }, f32('N', 3)).w.shape).toEqual([3, 2])
    expect(g.params).toBe(energy.params)
    expect(g.at({ I: 3 }).params.w.shape).toEqual([3, 'O'])
    expect(valueOf(g({ w: f32(2, 1) }, tensor([[1, 2], [3, 4]])).w)).toEqual([4, 6])
    expect(() => g({ w: f32(3, 2) }, f32('N', 4) as never)).toThrow('argument 1: I is 3 but 4 here')
  })

  it('is zero where the loss does not reach', () => {
    expect(valueOf(grad((p: { a: Tensor<[2]>; b: Tensor<[2]> }) => sum(p.a))({ a: tensor([1, 2]), b: tensor([1, 2]) }).b)).toEqual([0, 0])
  })
})

describe('products', () => {
  it('hvp is the Hessian times the direction', () => {
    // f = x²y: Hessian [[2y, 2x], [2x, 0]]
    const f = (p: { x: Tensor<[]>; y: Tensor<[]> }) => mul(mul(p.x, p.x), p.y)
    const h = hvp(f)({ x: tensor(3), y: tensor(5) }, { y: tensor(1), x: tensor(2) })
    expect([valueOf(h.x), valueOf(h.y)]).toEqual([[26], [12]])
  })

  it('jvp pushes tangents forwards', () => {
    const [y, dy] = jvp((a: Tensor<[2]>, b: Tensor<[2]>) => ({ y: mul(a, b) }), [tensor([1, 2]), tensor([3, 4])],
      [tensor([1, 0]), tensor([0, 1])])
    expect([valueOf(y.y), valueOf(dy.y)]).toEqual([[3, 8], [3, 2]])
  })

  it('vjp pulls cotangents back', () => {
    const [y, pull] = vjp((a: Tensor<[2]>, b: Tensor<[2]>) => mul(a, b), tensor([1, 2]), tensor([3, 4]))
    expect(valueOf(y)).toEqual([3, 8])
    expect(pull(tensor([1, 10])).map(valueOf)).toEqual([[3, 40], [1, 20]])
  })
})

describe('customVjp', () => {
  it('differentiates by the rule', () => {
    const straight = customVjp((x: Tensor<[3]>) => round(x), g => [mul(g, 2)])
    const x = tensor([0.2, 0.7, 1.4])
    expect(valueOf(straight(x))).toEqual([0, 1, 1])
    expect(valueOf(grad((y: Tensor<[3]>) => sum(straight(y)))(x))).toEqual([2, 2, 2])
  })

  it('has null where nothing flows', () => {
    const f = customVjp((x: Tensor<[2]>, n: Tensor<[2], 'int32'>) => exp(x), (g, y) => [mul(g, y), null])
    expect(valueOf(grad((x: Tensor<[2]>) => sum(f(x, tensor([1, 2], 'int32'))))(tensor([0, 0])))).toEqual([1, 1])
  })
})

describe('scan', () => {
  it.each(['inferred', 'with specs'])('keeps what a custom rule inside its body closes over, in a definition %s', form => {
    // The rule says three times the true slope, so that following it can be told from differentiating the product.
    const body = (p: { readonly w: Tensor<[]> }, xs: Tensor<['T']>) => scan((c: Tensor<[]>, x: Tensor<[]>) => {
      const y = customVjp((v: Tensor<[]>) => mul(v, p.w), g => [mul(g, mul(p.w, 3))])(x)
      return [add(c, y), y]
    }, tensor(0), xs)[0]
    const total = form === 'inferred' ? define({ w: f32() }, body) : define({ w: f32() }, [f32('T')], body)
    expect(valueOf(total({ w: tensor(5) }, tensor([1, 2, 3])))).toEqual([30])
    expect(valueOf(grad((xs: Tensor<[3]>) => total({ w: tensor(5) }, xs))(tensor([1, 2, 3])))).toEqual([15, 15, 15])
  })
  it('carries a tree and stacks what is kept', () => {
    const [last, kept] = scan((c, x) => [{ b: add(c.b, 1), a: add(c.a, x.v) }, [c.a, { s: x.v }]],
      { a: tensor(0), b: tensor(10) }, { v: tensor([1, 2, 3]) })
    expect([valueOf(last.a), valueOf(last.b), valueOf(kept[0]), valueOf(kept[1].s)]).toEqual([[6], [13], [0, 1, 3], [1, 2, 3]])
  })

  it('runs backwards, and without inputs', () => {
    const [, kept] = scan((c, x) => [add(c, x), add(c, x)], tensor(0), tensor([1, 2, 3]), { reverse: true })
    expect(valueOf(kept)).toEqual([6, 5, 3])
    const [doubled] = scan(c => [add(c, c), []], tensor([1, 2]), [], { length: 5 })
    expect(valueOf(doubled)).toEqual([32, 64])
  })

  it('has gradients, through the carry and what it closes over', () => {
    const power = (w: Tensor<[]>) => scan(c => [mul(c, w), []], tensor(1), [], { length: 4 })[0]
    expect(valueOf(grad(power)(tensor(3)))).toEqual([108])
    expect(valueOf(grad(grad(power))(tensor(3)))).toEqual([108])
  })

  it('works inside a definition at any sizes', () => {
    const rnn = define({ w: f32('H', 'H') }, [f32('T', 'B', 'H'), f32('B', 'H')], (p, xs, h) =>
      scan((c, x) => [add(matmul(c, p.w), x), c], h, xs)[1])
    expect(rnn({ w: f32(2, 2) }, f32(5, 3, 2), f32(3, 2)).shape).toEqual([5, 3, 2])
    expect(() => rnn({ w: f32(2, 2) }, f32(5, 3, 2), f32(4, 2) as never)).toThrow('argument 2: B is 3 but 4 here')
  })
})

it('integers have no gradient', () => {
  const bad = (p: { n: Tensor<[2], 'int32'> }) => sum(exp(f32(2)))
  expect(() => (grad as unknown as (f: unknown) => (p: unknown) =>
    unknown)(bad)({ n: i32(2) })).toThrow('grad: params.n is int32; only float32 has a gradient')
})
