/** Reading and adding at positions held in an int32 tensor. */
import { left, right } from 'fp-ts/lib/Either.js'
import { sameDim, sameShape, showShape, sizeOfShape } from '../../shape/dim.js'
import type { Dim, Shape } from '../../tensor.js'
import type { Node, TensorType } from '../node.js'
import { primitive } from '../primitive.js'
import { full } from './structure.js'

export interface Axis { readonly axis: number }
const takenShape = (x: Shape, indices: Shape, axis: number): Dim[] => [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)]
/** The same but for one axis. */
const aligned = (a: Shape, b: Shape, axis: number): boolean => a.length === b.length && a.every((d, i) => i === axis || sameDim(d, b[i]))

/** What keeps indices from pointing along an axis of a shape, if anything. */
const misplaced = (op: string, indices: TensorType, shape: Shape, axis: number): string | undefined =>
  indices.dtype !== 'int32' ? `${op}: indices are ${indices.dtype} but int32 was expected`
  : axis < 0 || axis >= shape.length ? `${op}: axis ${axis} is not in ${showShape(shape)}`
  : undefined
const summable = (op: string, base: TensorType): string | undefined =>
  base.dtype === 'bool' ? `${op}: bool has no sum; cast to int32 first` : undefined

export const gatherPrim = primitive<Axis>({
  op: 'gather',
  summary: 'Whole slices of x at the positions in indices, whose axes take the place of the axis.',
  latex: ([x, i]) => `${x}_{${i}}`,
  type: ([x, i], { axis }) => {
    const fault = misplaced('gather', i, x.shape, axis)
    return fault !== undefined ? left(fault) : right({ shape: takenShape(x.shape, i.shape, axis), dtype: x.dtype })
  },
  vjp: (g, { inputs: [x, i], attrs: { axis } }) => [scatterAdd(full(0, x.shape), i, g, axis), null],
  flops: () => 0,
  example: "gather(tensor([10, 20, 30]), tensor([2, 0], 'int32'), 0)",
})

export const scatterAddPrim = primitive<Axis>({
  op: 'scatterAdd',
  summary: 'Adds whole slices of updates to base at the positions in indices; equal positions add up.',
  latex: ([b, i, u]) => `${b} +_{${i}} ${u}`,
  type: ([b, i, u], { axis }) => {
    const fault = misplaced('scatterAdd', i, b.shape, axis) ?? summable('scatterAdd', b)
    if (fault !== undefined) return left(fault)
    const expected = takenShape(b.shape, i.shape, axis)
    return !sameShape(u.shape, expected) || u.dtype !== b.dtype
      ? left(`scatterAdd: updates are ${u.dtype} ${showShape(u.shape)} but ${b.dtype} ${showShape(expected)} was expected`)
      : right({ shape: b.shape, dtype: b.dtype })
  },
  vjp: (g, { inputs: [, i], attrs: { axis } }) => [g, null, gather(g, i, axis)],
  flops: ({ inputs: [, , u] }) => sizeOfShape(u.shape),
  example: "scatterAdd(tensor([0, 0, 0]), tensor([2, 2], 'int32'), tensor([1, 5]), 0)",
})

export const takeAlongPrim = primitive<Axis>({
  op: 'takeAlong',
  summary: 'Single elements of x: along the axis the position in indices, along the others its own.',
  latex: ([x, i]) => `${x}[${i}]`,
  type: ([x, i], { axis }) => {
    const fault = misplaced('takeAlong', i, x.shape, axis)
    return fault !== undefined ? left(fault)
      : !aligned(x.shape, i.shape, axis)
        ? left(`takeAlong: ${showShape(x.shape)} and indices ${showShape(i.shape)} differ outside axis ${axis}`)
      : right({ shape: i.shape, dtype: x.dtype })
  },
  vjp: (g, { inputs: [x, i], attrs: { axis } }) => [scatterAlong(full(0, x.shape), i, g, axis), null],
  flops: () => 0,
  example: "takeAlong(tensor([[1, 2], [3, 4]]), tensor([[1], [0]], 'int32'), 1)",
})

export const scatterAlongPrim = primitive<Axis>({
  op: 'scatterAlong',
  summary: 'Adds single elements of updates to base: along the axis at the position in indices, along the others at their own.',
  latex: ([b, i, u]) => `${b} +_{[${i}]} ${u}`,
  type: ([b, i, u], { axis }) => {
    const fault = misplaced('scatterAlong', i, b.shape, axis) ?? summable('scatterAlong', b)
    return fault !== undefined ? left(fault)
      : !aligned(b.shape, i.shape, axis) || !sameShape(u.shape, i.shape)
        ? left(`scatterAlong: base ${showShape(b.shape)}, indices ${showShape(i.shape)} and updates ${showShape(u.shape)} do not line up`)
      : u.dtype !== b.dtype ? left(`scatterAlong: updates are ${u.dtype} but ${b.dtype} was expected`)
      : right({ shape: b.shape, dtype: b.dtype })
  },
  vjp: (g, { inputs: [, i], attrs: { axis } }) => [g, null, takeAlong(g, i, axis)],
  flops: ({ inputs: [, , u] }) => sizeOfShape(u.shape),
  example: "scatterAlong(tensor([[0, 0]]), tensor([[1]], 'int32'), tensor([[5]]), 1)",
})

export const gather = (x: Node, indices: Node, axis: number): Node => gatherPrim.make([x, indices], { axis })
export const scatterAdd = (base: Node, indices: Node, updates: Node, axis: number): Node => scatterAddPrim.make([base, indices, updates],
  { axis })
export const takeAlong = (x: Node, indices: Node, axis: number): Node => takeAlongPrim.make([x, indices], { axis })
export const scatterAlong = (base: Node, indices: Node, updates: Node, axis: number): Node => scatterAlongPrim.make([base, indices,
  updates], { axis })
