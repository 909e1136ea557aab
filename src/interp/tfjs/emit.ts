/**
 * Writes a plan: a straight line of instructions over slots. Lowerings run once, when a program is compiled, and leave kernel calls behind
 * with their attributes worked out; what a run does is in plan.ts.
 */
import { InternalError } from '../../dsl/errors.js'
import type { DType } from '../../dsl/tensor.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import type { Attributes, Data, Device, Info, Inputs, Kernel } from './device.js'

/** A value of the plan: a slot, seen under a shape. Several refs may see one slot, so a reshape costs nothing. */
export interface Ref {
  readonly slot: number
  /** The shape that the slot holds; elementwise results stay as small as their operands and broadcast when they are used. */
  readonly shape: readonly number[]
  readonly dtype: DType
}

/** What every step of a plan has: its operands as kernels want them, and the slots that it reads and writes. */
interface Step { readonly infos: readonly Info[]; readonly reads: readonly number[]; readonly writes: readonly number[] }
interface KernelCall extends Step {
  readonly kind: 'kernel'
  readonly name: string
  readonly kernel: Kernel
  readonly inputs: Inputs
  readonly attrs: Attributes
}
interface HostCall extends Step { readonly kind: 'host'; readonly f: (values: readonly Value[]) => Value }
interface ComputeCall extends Step, ResultType { readonly kind: 'compute'; readonly f: Compute }
interface LookCall extends Step { readonly kind: 'look'; readonly f: (elements: Data) => void }
interface LoopCall extends Step { readonly kind: 'loop'; readonly loop: Loop }
export type Instruction = KernelCall | HostCall | ComputeCall | LookCall | LoopCall

/** Writes every element of its result from its operands. */
export type Compute = (out: Data, inputs: readonly Data[]) => void

/** A plan within the plan; results that nobody uses are absent. */
export interface Loop {
  run(inputs: readonly Info[]): readonly (Info | undefined)[]
  release(): void
}

interface ResultType { readonly shape: readonly number[]; readonly dtype: DType }
/** Named operands of a kernel, or a list. */
export type Operands = Readonly<Record<string, Ref>> | readonly Ref[]

export interface Emitter {
  readonly device: Device
  readonly instructions: readonly Instruction[]
  /** Values that live as long as the plan, by slot. */
  readonly constants: ReadonlyMap<number, Value>
  slot(shape: readonly number[], dtype: DType): Ref
  /** A kernel call; `shape` and `dtype` are the result's. */
  kernel(name: string, operands: Operands, attrs: Attributes, shape: readonly number[], dtype: DType): Ref
  /** A function of host arrays, for what no kernel does or does right. */
  host(operands: readonly Ref[], f: (values: readonly Value[]) => Value, shape: readonly number[], dtype: DType): Ref
  /** A loop on the host over the device's own memory: see `Device.loops`. */
  compute(operands: readonly Ref[], f: Compute, shape: readonly number[], dtype: DType): Ref
  /** The value itself, after a function that may refuse its elements; the value alone where the host does not see them. */
  look(operand: Ref, f: (elements: Data) => void): Ref
  loop(operands: readonly Ref[], loop: Loop, results: readonly ResultType[]): Ref[]
  constant(value: Value): Ref
  /** A ref whose slot holds just its shape: the same one where shapes are only looked at, else a reshaped copy. */
  settle(r: Ref): Ref
}

const unbound = {}
/** What the kernel will be given: the slot's data comes in at run time. */
const infoOf = (r: Ref): Info => ({ dataId: unbound, shape: r.shape, dtype: r.dtype })

const contentOf = ({ dtype, shape, data }: Value): string =>
  data.length < 65 ? `${dtype}[${shape.join()}]${Array.from(data, x => Object.is(x, -0) ? '-0' : x).join()}` : ''
const step = (reads: readonly Ref[], writes: readonly Ref[]): { reads: number[]; writes: number[] } =>
  ({ reads: reads.map(r => r.slot), writes: writes.map(r => r.slot) })

export const emitter = (device: Device): Emitter => {
  const instructions: Instruction[] = []
  const constants = new Map<number, Value>()
  const known = new Map<string, Ref>()
  let slots = 0
  const written = new Map<number, readonly number[]>()
  const settled = new Map<string, Ref>()
  const slot = (shape: readonly number[], dtype: DType): Ref => {
    written.set(slots, shape)
    return { slot: slots++, shape, dtype }
  }
  const settle = (r: Ref): Ref => {
    if (device.flat || written.get(r.slot)?.join() === r.shape.join()) return r
    const key = `${r.slot}[${r.shape.join()}]`
    const known = settled.get(key)
    if (known) return known
    const out = slot(r.shape, r.dtype)
    const x = infoOf({ ...r, shape: written.get(r.slot) ?? r.shape })
    const call = { kind: 'kernel', name: 'Reshape', kernel: device.kernel('Reshape'), inputs: { x }, attrs: { shape: r.shape } } as const
    instructions.push({ ...call, infos: [x], ...step([r], [out]) })
    settled.set(key, out)
    return out
  }
  return {
    device, instructions, constants, slot, settle,
    kernel: (name, operands, attrs, shape, dtype) => {
      const list = Array.isArray(operands)
      const refs = Object.values<Ref>(operands).map(settle)
      const infos = refs.map(infoOf)
      const inputs: Inputs = list ? infos : Object.fromEntries(Object.keys(operands).map((k, i) => [k, infos[i]]))
      const out = slot(shape, dtype)
      instructions.push({ kind: 'kernel', name, kernel: device.kernel(name), inputs, attrs, infos, ...step(refs, [out]) })
      return out
    },
    host: (refs, f, shape, dtype) => {
      const out = slot(shape, dtype)
      instructions.push({ kind: 'host', f, infos: refs.map(infoOf), ...step(refs, [out]) })
      return out
    },
    compute: (refs, f, shape, dtype) => {
      const out = slot(shape, dtype)
      instructions.push({ kind: 'compute', f, shape, dtype, infos: refs.map(infoOf), ...step(refs, [out]) })
      return out
    },
    look: (operand, f) => {
      if (!device.near) return operand
      const r = settle(operand)
      const out = slot(r.shape, r.dtype)
      instructions.push({ kind: 'look', f, infos: [infoOf(r)], ...step([r], [out]) })
      return out
    },
    loop: (operands, loop, results) => {
      const refs = operands.map(settle)
      const outs = results.map(r => slot(r.shape, r.dtype))
      instructions.push({ kind: 'loop', loop, infos: refs.map(infoOf), ...step(refs, outs) })
      return outs
    },
    constant: value => {
      const { shape, data } = value
      if (data.length !== sizeOf(shape)) throw new InternalError(`a constant of [${shape.join(', ')}] has ${data.length} elements`)
      const found = known.get(contentOf(value))
      if (found) return found
      const out = slot(value.shape, value.dtype)
      constants.set(out.slot, value)
      // Small ones come again and again; comparing large ones costs more than it saves.
      if (value.data.length < 65) known.set(contentOf(value), out)
      return out
    },
  }
}

/** The same slot under another shape of as many elements. */
export const view = (r: Ref, shape: readonly number[]): Ref => ({ ...r, shape })
