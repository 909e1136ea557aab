/** Elementwise primitives. Operands may be held smaller than their type says: what comes out is as small as they allow. */
import type { DType } from '../../../dsl/tensor.js'
import { view, type Emitter, type Ref } from '../emit.js'
import type { Lowering } from '../host.js'
import { binaryLoop, selectLoop, type Looped } from '../loops/elementwise.js'
import { collapse, commonShape, materialise } from './shapes.js'

const flat = (r: Ref): Ref => view(r, collapse([r.shape])[0])

/** The kernels of wasm that broadcast at full speed (XNNPACK's); the others take 100 ns an element to. */
const broadcastsFast = ['Add', 'Sub', 'Multiply', 'RealDiv']

/** A kernel over operands that it broadcasts itself. */
export const broadcastKernel = (name: string, a: Ref, b: Ref, dtype: DType, emit: Emitter): Ref => {
  const shape = commonShape([a.shape, b.shape])
  if (emit.device.loops && !(broadcastsFast.includes(name) && a.dtype === 'float32')) {
    const [whole] = collapse([shape])
    const operands = { a: view(materialise(a, shape, emit), whole), b: view(materialise(b, shape, emit), whole) }
    return view(emit.kernel(name, operands, {}, whole, dtype), shape)
  }
  const [sa, sb] = collapse([a.shape, b.shape])
  return view(emit.kernel(name, { a: view(a, sa), b: view(b, sb) }, {}, commonShape([sa, sb]), dtype), shape)
}

const unary = (kernel: string): Lowering => ([x], node, emit) =>
  view(emit.kernel(kernel, { x: flat(x) }, {}, flat(x).shape, node.dtype), x.shape)
const binary = (kernel: string): Lowering => ([a, b], node, emit) => broadcastKernel(kernel, a, b, node.dtype, emit)

/** As `binary`, but by a loop on the host where that is faster, and right: wasm's Maximum and Relu lose NaN. */
const looped = (op: Looped, kernel: string): Lowering => ([a, b], node, emit) => {
  if (!emit.device.loops) return broadcastKernel(kernel, a, b, node.dtype, emit)
  const shape = commonShape([a.shape, b.shape])
  const [sa, sb] = collapse([a.shape, b.shape])
  return view(emit.compute([a, b], binaryLoop(op, commonShape([sa, sb]), sa, sb), shape, node.dtype), shape)
}

/** Select does not broadcast: on a device without loops its operands are brought to one size. */
const choose = (c: Ref, a: Ref, b: Ref, emit: Emitter): Ref => {
  const shape = commonShape([c.shape, a.shape, b.shape])
  if (emit.device.loops) {
    const shapes = collapse([c.shape, a.shape, b.shape])
    return emit.compute([c, a, b], selectLoop(commonShape(shapes), shapes), shape, a.dtype)
  }
  const [condition, t, e] = [c, a, b].map(r => flat(materialise(r, shape, emit)))
  return view(emit.kernel('Select', { condition, t, e }, {}, t.shape, a.dtype), shape)
}

export const elementwiseLowerings = {
  neg: unary('Neg'), abs: unary('Abs'), sign: unary('Sign'), floor: unary('Floor'), ceil: unary('Ceil'), round: unary('Round'),
  exp: unary('Exp'), log: unary('Log'), log1p: unary('Log1p'), expm1: unary('Expm1'), sqrt: unary('Sqrt'), sin: unary('Sin'),
  cos: unary('Cos'), tanh: unary('Tanh'), sigmoid: unary('Sigmoid'), softplus: unary('Softplus'), erf: unary('Erf'),
  add: binary('Add'), sub: binary('Sub'), mul: binary('Multiply'), div: binary('RealDiv'), pow: binary('Pow'), mod: binary('Mod'),
  maximum: looped('maximum', 'Maximum'), minimum: looped('minimum', 'Minimum'),
  equal: looped('equal', 'Equal'), less: looped('less', 'Less'), lessEqual: looped('lessEqual', 'LessEqual'),
  not: unary('LogicalNot'), and: looped('and', 'LogicalAnd'), or: looped('or', 'LogicalOr'),
  select: ([c, a, b]: readonly Ref[], _: unknown, emit: Emitter): Ref => choose(c, a, b, emit),
}
