import { describe, expect, it } from 'vitest'
import { key } from '../../../src/dsl/keys.js'
import { f32, i32, parameter } from '../../../src/dsl/ops/create.js'
import { init, initialise, type InitSpec } from '../../../src/dsl/params/index.js'
import type { Tensor } from '../../../src/dsl/tensor.js'
import { numbers, valuesOf } from '../values.js'

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length
const variance = (xs: readonly number[]): number => mean(xs.map(x => x * x)) - mean(xs) ** 2
const drawn = (shape: [number, number], spec: InitSpec): number[] => numbers(initialise(parameter(shape, spec), key(3)))

describe('initialisers', () => {
  it.each([
    ['glorotUniform', init.glorotUniform(), 2 / (300 + 100)],
    ['glorotNormal', init.glorotNormal(2), 4 * 2 / (300 + 100)],
    ['heUniform', init.heUniform(), 2 / 300],
    ['heNormal', init.heNormal(1), 1 / 300],
    ['normal', init.normal(0.02), 0.0004],
    ['uniform', init.uniform(-1, 1), 1 / 3],
  ])('%s has its mean and variance', (_, spec, expected) => {
    const xs = drawn([300, 100], spec)
    expect(Math.abs(mean(xs))).toBeLessThan(4 * Math.sqrt(expected / xs.length))
    expect(variance(xs) / expected).toBeCloseTo(1, 1)
  })

  it('counts the window of a kernel into both fans', () => {
    const xs = numbers(initialise(parameter([5, 5, 8, 16], init.heNormal(1)), key(0)))
    expect(variance(xs) * 5 * 5 * 8).toBeCloseTo(1, 1)
    const ys = numbers(initialise(parameter([5, 5, 8, 16], init.glorotUniform()), key(0)))
    expect(variance(ys) * 25 * (8 + 16) / 2).toBeCloseTo(1, 1)
  })

  it('keeps uniform numbers within their bounds', () => {
    const bound = Math.sqrt(6 / 400)
    const xs = drawn([300, 100], init.glorotUniform())
    expect(Math.max(...xs.map(Math.abs))).toBeLessThanOrEqual(bound)
    expect(Math.max(...xs)).toBeGreaterThan(0.99 * bound)
  })

  it('repeats or copies constants', () => {
    expect(numbers(initialise(parameter([3], init.constant(0.5)), key(0)))).toEqual([0.5, 0.5, 0.5])
    expect(numbers(initialise(parameter([2, 2], init.constant([[1, 2], [3, 4]])), key(0)))).toEqual([1, 2, 3, 4])
    expect(numbers(initialise(parameter([2], init.ones()), key(0)))).toEqual([1, 1])
    expect(() => initialise(parameter([3], init.constant([1, 2])), key(0))).toThrow('with 3 elements, but its constant has 2')
  })

  it('is Glorot uniform from rank 2 on and 0 below, where nothing is said', () => {
    const { w, b } = initialise({ w: f32(4, 3), b: f32(3) }, key(0))
    expect(numbers(w)).toEqual(numbers(initialise({ w: parameter([4, 3], init.glorotUniform()) }, key(0)).w))
    expect(numbers(b)).toEqual([0, 0, 0])
  })

  it('draws each leaf from its own path', () => {
    const a = initialise({ l1: { w: f32(2, 2) }, l2: { w: f32(2, 2) } }, key(0))
    const b = initialise({ l0: { w: f32(2, 2) }, l2: { w: f32(2, 2), u: f32(2, 2) } }, key(0))
    expect(numbers(a.l2.w)).toEqual(numbers(b.l2.w))
    expect(numbers(a.l1.w)).not.toEqual(numbers(a.l2.w))
    expect(numbers(a.l1.w)).not.toEqual(numbers(initialise({ l1: { w: f32(2, 2) } }, key(1)).l1.w))
  })

  it('keeps the types of the tree', () => {
    const { w }: { w: Tensor<[4, 3]> } = initialise({ w: f32(4, 3) }, key(0))
    expect(w.shape).toEqual([4, 3])
  })

  it('says what cannot be initialised', () => {
    expect(() => initialise({ w: f32('I', 3) }, key(0))).toThrow('initialise: w is [I, 3]; put a size for I with .at first')
    expect(() => initialise({ a: { n: i32(3) } }, key(0))).toThrow('initialise: a.n is int32; a parameter is float32')
    expect(() => initialise(parameter([3], init.orthogonal()), key(0))).toThrow('orthogonal needs at least 2 axes')
    expect(() => init.normal(0)).toThrow('the standard deviation is 0 but a positive number was expected')
    expect(() => init.uniform(1, 1)).toThrow('low must be below high')
  })
})

describe('orthogonal', () => {
  it.each([[1, 1], [5, 1], [1, 4], [6, 6], [9, 4], [4, 9], [33, 17]])('gives %d x %d orthonormal columns or rows', (rows, columns) => {
    const q = drawn([rows, columns], init.orthogonal())
    const tall = rows >= columns
    const at = (i: number, j: number): number => tall ? q[i * columns + j] : q[j * columns + i]
    const [n, k] = tall ? [rows, columns] : [columns, rows]
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) {
      const dot = Array.from({ length: n }, (_, i) => at(i, a) * at(i, b)).reduce((x, y) => x + y, 0)
      expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThan(1e-12)
    }
  })

  it('is uniform over the directions: each element has variance 1 / rows, and no sign is preferred', () => {
    const matrices = Array.from({ length: 400 }, (_, seed) => numbers(initialise(parameter([3, 3], init.orthogonal()), key(seed))))
    for (let i = 0; i < 9; i++) {
      const xs = matrices.map(m => m[i])
      expect(Math.abs(mean(xs))).toBeLessThan(0.12)
      expect(Math.abs(variance(xs) - 1 / 3)).toBeLessThan(0.07)
    }
    const determinants = matrices.map(([a, b, c, d, e, f, g, h, i]) => a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))
    expect(Math.abs(mean(determinants))).toBeLessThan(0.2)
  })

  it('takes a kernel as the matrix of its windows, times the gain', () => {
    const q = numbers(initialise(parameter([3, 3, 2, 4], init.orthogonal(2)), key(0)))
    for (let j = 0; j < 4; j++) expect(Array.from({ length: 18 }, (_, i) => q[i * 4 + j] ** 2).reduce((a, b) => a + b)).toBeCloseTo(4, 10)
  })
})

it('initialises a large layer in about a second', () => {
  const started = performance.now()
  valuesOf(initialise({ w: f32(784, 1000), b: f32(1000) }, key(0)))
  expect(performance.now() - started).toBeLessThan(3000)
})
