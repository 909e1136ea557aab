/**
 * Which programs are so small that an engine's own overhead exceeds all that they compute: those run as generated JavaScript. The choice
 * follows from the program and the measurements below alone, never from a clock: a run and its resumption, here or on another machine,
 * choose alike, so that training stays reproducible bit for bit.
 */
import { computed, type Node } from '../dsl/core/node.js'
import type { NodeOf, Op } from '../dsl/core/table.js'
import { sizeOf } from '../dsl/value.js'
import type { Engine, Program } from './engine.js'
import { generatedExecutable } from './js/executable.js'
import { concrete } from './program.js'

/** Nanoseconds that generated code takes for one element, on one core of an AMD EPYC of 2022 at about 3.7 GHz under Node 20. */
const nanoseconds = {
  add: 0.8, multiplyAdd: 0.5, power: 40, function: 13, twoFunctions: 26, erf: 150, word: 11, move: 1.5, term: 1.3,
  /** What the reference's own kernels take: a product of a convolution, a pixel of a window, an element in an order. */
  product: 12, pixel: 8, sorted: 100,
  /** Every loop nest, every array that goes in or out, and every call. */
  nest: 15, end: 70, call: 400,
} as const

const elements = (n: Node): number => sizeOf(concrete(n))
const each = (ns: number) => (n: Node): number => ns * elements(n)
const ofInput = (ns: number) => (n: Node): number => ns * elements(n.inputs[0])
const ofUpdates = (n: Node): number => nanoseconds.move * (elements(n) + elements(n.inputs[2]))
const nothing = (): number => 0
const { add, function: one, twoFunctions: two, move, term, product } = nanoseconds
const products = (image: (n: Node) => Node, kernel: (n: Node) => Node) => (n: Node): number =>
  product * elements(image(n)) * sizeOf(concrete(kernel(n)).slice(0, 3))

/** Nanoseconds of a node in generated code, 0 where it is only another way to read. Total over the table. */
const costs: { readonly [P in Op]: (n: NodeOf<P>) => number } = {
  input: nothing, constant: nothing, iota: nothing, dimSize: nothing, reshape: nothing, transpose: nothing, broadcastTo: nothing,
  slice: nothing, reverse: nothing, stopGradient: nothing, named: nothing, straightThrough: nothing, customVjp: nothing,
  project: nothing, cast: nothing,
  neg: each(add), abs: each(add), sign: each(add), floor: each(add), ceil: each(add), round: each(add), not: each(add), add: each(add),
  sub: each(add), mul: each(add), div: each(add), maximum: each(add), minimum: each(add), mod: each(2 * add), equal: each(add),
  less: each(add), lessEqual: each(add), and: each(add), or: each(add), select: each(add), sqrt: each(2 * add),
  exp: each(one), log: each(one), log1p: each(one), expm1: each(one), sin: each(one), cos: each(one), tanh: each(one),
  sigmoid: each(two), softplus: each(two), erf: each(nanoseconds.erf), pow: each(nanoseconds.power),
  sum: ofInput(term), max: ofInput(term), min: ofInput(term), prod: ofInput(term), argMax: ofInput(term), cumsum: ofInput(2 * term),
  sortIndices: ofInput(nanoseconds.sorted),
  pad: each(move), concat: each(move), gather: each(move), takeAlong: each(move), scatterAdd: ofUpdates, scatterAlong: ofUpdates,
  matmul: n => nanoseconds.multiplyAdd * elements(n) * concrete(n.inputs[0]).slice(-1)[0],
  conv2d: products(n => n, n => n.inputs[1]), conv2dInput: products(n => n.inputs[0], n => n.inputs[1]),
  conv2dKernel: products(n => n.inputs[1], n => n),
  patches: each(nanoseconds.pixel), fold: ofInput(nanoseconds.pixel),
  randomBits: each(nanoseconds.word), uniform: each(nanoseconds.word),
  scan: n => {
    const { body, length } = n.attrs, carried = [...body.next, ...body.ys, ...body.carry]
    return (length as number) * (generatedTime([...body.next, ...body.ys]) + carried.reduce((t, c) => t + move * elements(c), 0))
  },
}

/** Nanoseconds of generated code for some outputs. */
const generatedTime = (outputs: readonly Node[]): number => computed(outputs).reduce((total, n) => {
  const time = (costs[n.op as Op] as (n: Node) => number)(n)
  return total + time + (time > 0 ? nanoseconds.nest : 0)
}, 0)

/** Microseconds that an engine spends besides computing. */
export interface Overhead {
  readonly call: number
  /** On each of the program's inputs and outputs, resident ones among them. */
  readonly input: number
  readonly output: number
  readonly operation: number
  /** On a draw of random words. */
  readonly random: number
  /** On a step of a loop. */
  readonly step: number
}

/**
 * Measured where `nanoseconds` were, on one thread: chains of 1 to 256 operations on one number, 1 to 32 inputs and outputs, single
 * draws, loops of 100 steps.
 */
const overheads: Readonly<Record<string, Overhead>> = {
  onnx: { call: 7, input: 1.5, output: 2, operation: 0.2, random: 40, step: 1 },
}

/** Microseconds of an engine for some outputs before it computes any element: less than it can take. */
const overheadOf = (outputs: readonly Node[], o: Overhead): number => computed(outputs).reduce((total, n) => {
  if (n.op === 'scan') {
    const { body, length } = (n as NodeOf<'scan'>).attrs
    return total + (length as number) * (o.step + overheadOf([...body.next, ...body.ys], o))
  }
  if (n.op === 'uniform' || n.op === 'randomBits') return total + o.random
  return total + ((costs[n.op as Op] as (n: Node) => number)(n) > 0 ? o.operation : 0)
}, 0)

/** Microseconds of one run of a program: of generated code, and of an engine with such an overhead before it computes anything. */
export const estimate = ({ inputs, outputs, resident }: Program, overhead: Overhead):
{ readonly generated: number; readonly engine: number } => {
  const held = new Set(resident.map(r => r.input))
  const copied = [...inputs.filter((_, i) => !held.has(i)), ...outputs]
  const ends = copied.reduce((total, n) => total + nanoseconds.end + move * elements(n), 0)
  return {
    generated: (nanoseconds.call + ends + generatedTime(outputs)) / 1000,
    engine: overhead.call + overhead.input * inputs.length + overhead.output * outputs.length + overheadOf(outputs, overhead),
  }
}

/**
 * The same engine, but for programs so small that its overhead alone takes longer than all of them as generated JavaScript: those run as
 * that. Their ends are float32 as with the engine; between them is float64, so results differ by rounding. Random words are the same.
 * An engine whose overhead has not been measured is left as it is.
 */
export const quickest = (engine: Engine, overhead: Overhead | undefined = overheads[engine.name]): Engine => overhead === undefined ? engine
  : {
    ...engine,
    compile: async program => {
      const { generated, engine: least } = estimate(program, overhead)
      return (generated < least ? generatedExecutable(program, { float32: true }) : null) ?? engine.compile(program)
    },
  }
