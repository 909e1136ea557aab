/** Elementwise primitives. Operands may be held smaller than their type says: what comes out is as small as they allow. */
import type { DType } from '../../../dsl/tensor.js'
import { view, type Emitter, type Ref } from '../emit.js'
import type { Lowering } from '../host.js'
import { collapse, commonShape, materialise } from './shapes.js'

const flat = (r: Ref): Ref => view(r, collapse([r.shape])[0])

/** A kernel over operands that it broadcasts itself. */
export const broadcastKernel = (name: string, a: Ref, b: Ref, dtype: DType, emit: Emitter): Ref => {
  const shape = commonShape([a.shape, b.shape])
  const [sa, sb] = collapse([a.shape, b.shape])
  return view(emit.kernel(name, { a: view(a, sa), b: view(b, sb) }, {}, commonShape([sa, sb]), dtype), shape)
}

const unary = (kernel: string): Lowering => ([x], node, emit) => view(emit.kernel(kernel, { x: flat(x) }, {}, flat(x).shape, node.dtype), x.shape)
const binary = (kernel: string): Lowering => ([a, b], node, emit) => broadcastKernel(kernel, a, b, node.dtype, emit)

const isNumber = (r: Ref, emit: Emitter): boolean => {
  const value = emit.constants.get(r.slot)
  return value !== undefined && !value.data.some(Number.isNaN)
}
/** wasm keeps the first operand when the second is NaN, so NaN in the second is put back. */
const extremum = (kernel: string): Lowering => ([a, b], node, emit) => {
  if (a.dtype !== 'float32' || isNumber(b, emit) || emit.device.name !== 'wasm') return broadcastKernel(kernel, a, b, node.dtype, emit)
  if (isNumber(a, emit)) return broadcastKernel(kernel, b, a, node.dtype, emit)
  return choose(broadcastKernel('Equal', b, b, 'bool', emit), broadcastKernel(kernel, a, b, node.dtype, emit), b, emit)
}

/** Select does not broadcast: its operands are brought to one size. */
const choose = (c: Ref, a: Ref, b: Ref, emit: Emitter): Ref => {
  const shape = commonShape([c.shape, a.shape, b.shape])
  const [condition, t, e] = [c, a, b].map(r => flat(materialise(r, shape, emit)))
  return view(emit.kernel('Select', { condition, t, e }, {}, t.shape, a.dtype), shape)
}

export const elementwiseLowerings = {
  neg: unary('Neg'), abs: unary('Abs'), sign: unary('Sign'), floor: unary('Floor'), ceil: unary('Ceil'), round: unary('Round'),
  exp: unary('Exp'), log: unary('Log'), log1p: unary('Log1p'), expm1: unary('Expm1'), sqrt: unary('Sqrt'), sin: unary('Sin'),
  cos: unary('Cos'), tanh: unary('Tanh'), sigmoid: unary('Sigmoid'), softplus: unary('Softplus'), erf: unary('Erf'), not: unary('LogicalNot'),
  add: binary('Add'), sub: binary('Sub'), mul: binary('Multiply'), div: binary('RealDiv'), pow: binary('Pow'),
  maximum: extremum('Maximum'), minimum: extremum('Minimum'), mod: binary('Mod'),
  equal: binary('Equal'), less: binary('Less'), lessEqual: binary('LessEqual'), and: binary('LogicalAnd'), or: binary('LogicalOr'),
  select: ([c, a, b]: readonly Ref[], _: unknown, emit: Emitter): Ref => choose(c, a, b, emit),
}
