import { describe, expect, it } from 'vitest'
import { define } from '../../../src/dsl/define/define.js'
import { add, f32, i32, matmul, relu, reshape, sum } from '../../../src/dsl/ops/index.js'
import { bernoulli } from '../../../src/dsl/distributions/bernoulli.js'
import type { Tensor } from '../../../src/dsl/tensor.js'

const linear = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => add(matmul(x, p.w), p.b))
const withSpecs = define({ w: f32('I', 'O'), b: f32('O') }, [f32('B', 'I')], (p, x) => add(matmul(x, p.w), p.b))
const p = { w: f32(784, 10), b: f32(10) }

const twoForms: [string, typeof linear][] = [['by parameters and body', linear], ['with argument specs', withSpecs]]
describe.each(twoForms)('a definition %s', (_, f) => {
  it('works at any sizes', () => {
    expect(f(p, f32('N', 784)).shape).toEqual(['N', 10])
    expect(f({ w: f32('D', 3), b: f32(3) }, f32(32, 'D')).shape).toEqual([32, 3])
  })

  it('is the same expression as its body at those sizes', () => {
    const x = f32('N', 784)
    expect(f(p, x)).toBe(add(matmul(x, p.w), p.b))
  })

  it('takes shapes that use its own symbols for other sizes', () => {
    expect(f({ w: f32('B', 'I'), b: f32('I') }, f32('O', 'B')).shape).toEqual(['O', 'I'])
  })

  it('says where sizes clash', () => {
    expect(() => f(p, f32('N', 785) as never)).toThrow('argument 1: I is 784 but 785 here')
    expect(() => f({ w: f32(784, 10), b: f32(11) } as never, f32('N', 784) as never)).toThrow('params.w: O is 11 but 10 here')
    expect(() => f({ w: f32(784, 10) } as never, f32('N', 784) as never)).toThrow('params: key b is missing')
  })

  it('says how many arguments it takes', () => {
    // @ts-expect-error one argument too few
    expect(() => f(p)).toThrow('Expected 2 arguments, but got 1.')
    // @ts-expect-error one argument too many
    expect(() => f(p, f32('N', 784), f32(3))).toThrow('Expected 2 arguments, but got 3.')
  })

  it('has specs at other sizes, each a parameter of its own', () => {
    const small = f.at({ I: 784, O: 'K' })
    expect(small.params.w.shape).toEqual([784, 'K'])
    expect(small.params.w).not.toBe(f.at({ I: 784, O: 'K' }).params.w)
    expect(small({ w: f32(784, 5), b: f32(5) }, f32(2, 784)).shape).toEqual([2, 5])
    expect(() => small({ w: f32(783, 5), b: f32(5) } as never, f32(2, 783) as never)).toThrow('params.w: axis 0 is 784 but 783 here')
    expect(() => f.at({ I: -1 } as never)).toThrow('at: I is -1, but a size is a whole number')
  })

  it('may be used in the body of another', () => {
    const mlp = define({ l1: f.at({ I: 'D', O: 'H' }).params, l2: f.at({ I: 'H', O: 'D' }).params },
      (q, x: Tensor<['B', 'D']>) => f(q.l2, relu(f(q.l1, x))))
    const l1 = { w: f32(784, 10), b: f32(10) }
    expect(mlp({ l1, l2: { w: f32(10, 784), b: f32(784) } }, f32('N', 784)).shape).toEqual(['N', 784])
    expect(() => mlp({ l1, l2: { w: f32(10, 784), b: f32(785) } } as never,
      f32('N', 784) as never)).toThrow('params.l2.b: D is 784 but 785 here')
  })
})

describe('a definition with argument specs', () => {
  it('refuses axes and dtypes in the words of the types', () => {
    expect(() => withSpecs(p, f32(784) as never)).toThrow('argument 1: [B, I] has 2 axes but [784] has 1')
    expect(() => withSpecs(p, i32('N', 784) as never)).toThrow('argument 1: float32 was expected but int32 is given')
    expect(() => withSpecs.at({ K: 3 } as never)).toThrow('at: K is not a symbol of this definition')
  })

  it('checks its body once, when it is made', () => {
    expect(() => define({ w: f32('I', 'O') }, [f32('B', 'J')], (q, x) =>
      matmul(x as never, q.w))).toThrow('inner dimensions J and I differ')
  })

  it('gives one parameter to each leaf, though the specs are one tensor', () => {
    const w = f32('D', 'D')
    const two = define({ a: w, b: w }, [f32('B', 'D')], (q, x) => matmul(matmul(x, q.a), q.b))
    expect(two.params.a).not.toBe(two.params.b)
    const [a, b, x] = [f32(3, 3), f32(3, 3), f32(2, 3)]
    expect(two({ a, b }, x)).toBe(matmul(matmul(x, a), b))
  })
})

describe('trees', () => {
  const f = define([f32('A'), [f32('B')]], [{ h: f32('A'), c: [f32('B')] as const }], (q, { h, c }) =>
    ({ x: add(h, q[0]), y: [add(c[0], q[1][0])] as const }))

  it('go in and come out, to any depth', () => {
    const out = f([f32(1), [f32(2)]], { h: f32(1), c: [f32(2)] })
    expect(out.x.shape).toEqual([1])
    expect(out.y[0].shape).toEqual([2])
  })

  it('must have the parts of the spec', () => {
    const params = [f32(1), [f32(2)]] as const
    expect(() => f(params, { h: f32(1), c: [f32(3)] } as never)).toThrow('argument 1.c.0: B is 2 but 3 here')
    expect(() => f([f32(1)] as never, { h: f32(1), c: [f32(3)] } as never))
      .toThrow('params: a tuple of 2 was expected but one of 1 is given')
    expect(() => f(params, { h: f32(1), c: [f32(2)], d: f32(3) } as never)).toThrow('argument 1: key d is not in the definition')
    expect(() => f(params, { h: 3, c: [f32(2)] } as never)).toThrow('argument 1.h: a tensor was expected')
    expect(() => f({} as never, { h: f32(1), c: [f32(2)] } as never)).toThrow('params: a tuple was expected')
    expect(() => f(params, f32(3) as never)).toThrow('argument 1: a record was expected')
  })
})

describe('compound sizes', () => {
  const f = define({ w: f32('2*H', 'H') }, [f32('B', 'T+1', '2*H')], (q, x) => ({ w: q.w, x }))

  it('are solved for the one unknown symbol, or compared', () => {
    expect(f({ w: f32(512, 256) }, f32(3, 11, 512)).x.shape).toEqual([3, 11, 512])
    expect(() => f({ w: f32(511, 256) } as never, f32(3, 11, 512) as never)).toThrow('params.w: 2*H cannot be 511')
    expect(() => f({ w: f32(512, 255) } as never, f32(3, 11, 512) as never)).toThrow('params.w: H is 256 but 255 here')
    expect(() => f({ w: f32(512, 256) }, f32(3, 11, 513) as never)).toThrow('argument 1: 2*H is 512 but 513 here')
    expect(() => f({ w: f32(512, 256) }, f32(3, 0, 512) as never)).toThrow('argument 1: T+1 cannot be 0')
    expect(f({ w: f32('2*N', 'N') }, f32(3, 'S', '2*N')).x.shape).toEqual([3, 'S', '2*N'])
  })

  it('wait for the arguments that determine them', () => {
    const g = define({}, [f32('B*T'), f32('B')], (_, x, y) => [x, y] as const)
    expect(g({}, f32(12), f32(3)).map(t => t.shape)).toEqual([[12], [3]])
    expect(g({}, f32('T*B'), f32('T')).map(t => t.shape)).toEqual([['B*T'], ['T']])
    expect(() => g({}, f32(12) as never, f32(5))).toThrow('argument 1: B*T cannot be 12')
    const h = define({}, [f32('B*T')], (_, x) => x)
    expect(() => h({}, f32(12) as never)).toThrow('argument 1: B*T is 12, which does not determine its symbols')
  })
})

describe('names in a body whose arguments have no specs', () => {
  it('are inferred where the body leaves one meaning', () => {
    const f = define({ w: f32('I', 'O') }, (q, x: Tensor<['B', 'I']>) => sum(matmul(x, q.w), ['B']))
    expect(f({ w: f32(784, 10) }, f32('N', 784)).shape).toEqual([10])
    const g = define({ w: f32('I', 'O') }, (q, x: Tensor<['B', 'I']>) => reshape(matmul(x, q.w), ['O', 'B']))
    expect(g({ w: f32(784, 10) }, f32(32, 784)).shape).toEqual([10, 32])
  })

  it('are found among the sizes of the call', () => {
    const f = define({}, (_, x: Tensor<['B', 28, 28]>) => reshape(x, ['B', 784]))
    expect(f({}, f32(32, 28, 28)).shape).toEqual([32, 784])
    const g = define({ w: f32('I', 'O') }, (q, x: Tensor<['B', 'I']>) => matmul(reshape(x, ['B', 'I']), q.w))
    expect(g({ w: f32(784, 10) }, f32(32, 784)).shape).toEqual([32, 10])
  })

  it('need specs where it does not', () => {
    const f = define({}, (_, x: Tensor<['B', 'T', 'D']>) => sum(x, ['T']))
    expect(() => f({}, f32(32, 10, 64)))
      .toThrow('sum: axis T is not in [32, 10, 64]\nonly the annotations say what T is: give the arguments\' specs')
    const g = define({}, [f32('B', 'T', 'D')], (_, x) => sum(x, ['T']))
    expect(g({}, f32(32, 10, 64)).shape).toEqual([32, 64])
  })

  it('are never guessed where two meanings fit', () => {
    const f = define({}, (_, x: Tensor<['B', 'T', 768]>) => reshape(x, ['B', 'T', 12, 64]))
    expect(() => f({}, f32(32, 10, 768))).toThrow('only the annotations say what B, T is')
    const g = define({}, (_, x: Tensor<['B', 'D']>) => sum(x, ['B']))
    expect(() => g({}, f32(5, 5))).toThrow('sum: axis B is not in [5, 5]')
  })
})

describe('a body that returns a distribution', () => {
  const policy = define({ w: f32('I', 'A') }, [f32('B', 'I')], (q, x) => bernoulli(matmul(x, q.w)))

  it('has its methods at the sizes of the call', () => {
    const chosen = policy.at({ I: 4 })({ w: f32(4, 2) }, f32('N', 4))
    expect(chosen.logProb(f32('N', 2)).shape).toEqual(['N', 2])
    expect(() => policy({ w: f32(4, 2) }, f32('N', 5) as never)).toThrow('argument 1: I is 4 but 5 here')
  })
})
