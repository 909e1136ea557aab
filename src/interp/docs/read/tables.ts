/** Primitives that are written by a sign of their own. */
import type { Op } from '../../../dsl/core/table.js'
import type { OperatorName } from '../math/operators.js'

export const functions: Partial<Readonly<Record<Op, OperatorName>>> = {
  exp: 'exp', log: 'log', sqrt: 'root', sin: 'sin', cos: 'cos', tanh: 'tanh', sigmoid: 'sigmoid', softplus: 'softplus', erf: 'erf',
  abs: 'absolute', sign: 'sign', floor: 'floor', ceil: 'ceil', round: 'round',
  not: 'not', maximum: 'largest', minimum: 'smallest', stopGradient: 'stop',
  cumsum: 'cumsum', reverse: 'reverse', pad: 'pad', sortIndices: 'argsort', patches: 'patches', fold: 'fold', scatterAdd: 'scatter',
  scatterAlong: 'scatter', randomBits: 'bits', concat: 'join', conv2dKernel: 'patches', argMax: 'argmax', scan: 'loop',
  and: 'and', or: 'or',
}
export const relations: Partial<Readonly<Record<Op, OperatorName>>> = { equal: 'equals', less: 'less', lessEqual: 'atMost' }
export const reductions: Partial<Readonly<Record<Op, OperatorName>>> = { sum: 'sum', prod: 'product', max: 'largest', min: 'smallest' }
