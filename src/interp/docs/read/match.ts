/** Looking through graphs: what an operand is before it is repeated to fit, which number a node is, which sums are means. */
import type { Node } from '../../../dsl/core/node.js'
import type { NodeOf } from '../../../dsl/core/table.js'
import { mulDim, sameDim, sameShape } from '../../../dsl/shape/dim.js'
import type { Dim } from '../../../dsl/tensor.js'
import { uniformValue } from '../../simplify/rules.js'

const withoutOnes = (n: Node): Dim[] => n.shape.filter(d => d !== 1)
/** Whether a reshape only adds or drops axes of size 1. */
export const onlyOnes = (n: Node): boolean => {
  const [from, to] = [withoutOnes(n.inputs[0]), withoutOnes(n)]
  return from.length === to.length && from.every((d, i) => sameDim(d, to[i]))
}
/** A node without the repeats and axes of size 1 that only make it fit. */
export const bare = (n: Node): Node =>
  n.op === 'broadcastTo' || n.op === 'reshape' && onlyOnes(n) ? bare(n.inputs[0]) : n
export const isOp = (n: Node, op: string): boolean => n.op === op
/** The number that every element is. */
export const valueOf = (n: Node): number | null => uniformValue(n)
export const isValue = (n: Node, x: number): boolean => valueOf(n) === x

/** A node as a size, where it is one: a product of dimensions. */
export const sizeOf = (n: Node): Dim | null => {
  const x = bare(n)
  if (x.op === 'cast') return sizeOf(x.inputs[0])
  if (x.op === 'dimSize') return (x as NodeOf<'dimSize'>).attrs.size
  if (x.op === 'mul') {
    const [a, b] = x.inputs.map(sizeOf)
    return a === null || b === null ? null : mulDim(a, b)
  }
  const value = valueOf(x)
  return value !== null && Number.isInteger(value) ? value : null
}

export const axesOf = (n: Node): readonly number[] => (n as NodeOf<'sum'>).attrs.axes
/** What a node is the mean of, and over which axes. */
export const meanOf = (n: Node): { of: Node; axes: readonly number[] } | null => {
  if (n.op !== 'div') return null
  const total = n.inputs[0]
  if (total.op !== 'sum') return null
  const of = total.inputs[0]
  const axes = axesOf(total)
  const ones = bare(n.inputs[1])
  const counted = ones.op === 'sum' && isValue(ones.inputs[0], 1) && sameShape(ones.inputs[0].shape, of.shape)
    && axesOf(ones).join() === axes.join()
  if (counted) return { of, axes }
  const count = sizeOf(n.inputs[1])
  const size = axes.map(a => of.shape[a]).reduce<Dim>(mulDim, 1)
  return count !== null && sameDim(count, size) ? { of, axes } : null
}

/** x where a node is x times x. */
export const squareOf = (n: Node): Node | null => n.op === 'mul' && n.inputs[0] === n.inputs[1] ? n.inputs[0]
  : n.op === 'pow' && isValue(n.inputs[1], 2) ? n.inputs[0] : null

/** x where `n` is softmax(x), log softmax(x) or logsumexp(x), over the last axis. */
const shiftedBy = (n: Node): Node | null => {
  if (n.op !== 'sub') return null
  const [x, top] = [n.inputs[0], bare(n.inputs[1])]
  const stopped = top.op === 'select' ? bare(top.inputs[1]) : top
  return stopped.op === 'stopGradient' && stopped.inputs[0].op === 'max' && stopped.inputs[0].inputs[0] === x ? x : null
}
const expOfShifted = (n: Node): Node | null => n.op === 'exp' ? shiftedBy(n.inputs[0]) : null
/** The axes of the largest element that is taken off. */
const shiftAxes = (sub: Node): readonly number[] => {
  const top = bare(sub.inputs[1])
  return axesOf((top.op === 'select' ? bare(top.inputs[1]) : top).inputs[0])
}
const sumOfExp = (n: Node): Node | null => {
  const sum = bare(n)
  const x = sum.op === 'sum' ? expOfShifted(sum.inputs[0]) : null
  return x !== null && axesOf(sum).join() === shiftAxes(sum.inputs[0].inputs[0]).join() ? x : null
}
/** The axes of a softmax, a log softmax, a logsumexp or what is standardised. */
export const functionAxes = (n: Node): readonly number[] => {
  const [first] = n.inputs
  if (n.op === 'exp') return functionAxes(first)
  if (n.op === 'add') return axesOf(bare(first.inputs[0]))
  if (n.op === 'sub') return shiftAxes(first)
  return first.op === 'exp' ? shiftAxes(first.inputs[0]) : meanOf(bare(first.inputs[1]))?.axes ?? []
}
export const softmaxOf = (n: Node): Node | null => {
  if (n.op === 'exp') return logSoftmaxOf(n.inputs[0])
  const x = n.op === 'div' ? expOfShifted(n.inputs[0]) : null
  return x !== null && sumOfExp(n.inputs[1]) === x ? x : null
}
export const logSoftmaxOf = (n: Node): Node | null => {
  const x = n.op === 'sub' ? shiftedBy(n.inputs[0]) : null
  if (x === null) return null
  const log = bare(n.inputs[1])
  return log.op === 'log' && sumOfExp(log.inputs[0]) === x ? x : null
}
export const logSumExpOf = (n: Node): Node | null => {
  if (n.op !== 'add' || n.inputs[0].op !== 'log') return null
  return sumOfExp(n.inputs[0].inputs[0])
}

/** x where `n` is x with its mean taken out, over its standard deviation: what layer normalisation begins with. */
export const standardisedOf = (n: Node): Node | null => {
  if (n.op !== 'div' || n.inputs[0].op !== 'sub') return null
  const [centred, root] = [n.inputs[0], bare(n.inputs[1])]
  const x = centred.inputs[0]
  if (meanOf(bare(centred.inputs[1]))?.of !== x || root.op !== 'sqrt' || root.inputs[0].op !== 'add') return null
  const variance = meanOf(bare(root.inputs[0].inputs[0]))
  return variance && squareOf(variance.of) === centred ? x : null
}

/** Standard normal numbers: the form of Box and Muller. */
export const isNormalDraw = (n: Node): boolean => {
  if (n.op !== 'mul') return false
  const [radius, turn] = n.inputs
  if (radius.op !== 'sqrt' || turn.op !== 'cos') return false
  const inner = radius.inputs[0]
  const angle = turn.inputs[0]
  return inner.op === 'mul' && isValue(inner.inputs[0], -2) && angle.op === 'mul' && bare(angle.inputs[1]).op === 'uniform'
}
/** The probability of a draw of zeros and ones. */
export const bernoulliDrawOf = (n: Node): Node | null => {
  const x = n.op === 'cast' ? n.inputs[0] : n
  return x.op === 'less' && bare(x.inputs[0]).op === 'uniform' ? x.inputs[1] : null
}
/** The logits of a draw of classes: the largest after noise is added. */
export const categoricalDrawOf = (n: Node): Node | null => {
  if (n.op !== 'argMax' || n.inputs[0].op !== 'add') return null
  const [logits, gumbel] = n.inputs[0].inputs
  const inner = ['neg', 'log', 'neg', 'log'].reduce<Node | null>((x, op) => x !== null && x.op === op ? x.inputs[0] : null, gumbel)
  return inner?.op === 'uniform' ? logits : null
}

/** A parameter through which gradients may have been stopped, and whether they were. */
export const peeled = (n: Node): { leaf: Node; stopped: boolean } => {
  if (n.op === 'stopGradient') return { leaf: peeled(n.inputs[0]).leaf, stopped: true }
  return { leaf: n, stopped: false }
}
