/** Which dtypes an operation takes, and that two operands share one. */
import type { DType } from '../tensor.js'
import { fail, ok, type Checked } from './check.js'

/** How messages list dtypes. */
interface Names {
  readonly float32: 'float32'
  readonly int32: 'int32'
  readonly bool: 'bool'
  readonly numeric: 'float32 or int32'
}
export interface DTypeClasses {
  readonly float32: 'float32'
  readonly int32: 'int32'
  readonly bool: 'bool'
  readonly numeric: 'float32' | 'int32'
  readonly any: DType
}
export type DTypeClass = keyof DTypeClasses

/** `[]`, or the message when `D` is not of the class; a dtype known at run time only passes, and is checked there. */
export type Accepts<Op extends string, D, C extends DTypeClass> = [D] extends [DTypeClasses[C]]
  ? []
  : [DType] extends [D]
    ? []
    : `${Op}: ${D & string} is not ${Names[C & keyof Names]}; cast it first`
/** `[]`, or the message when an operand is not of the class or the two differ. */
export type BothAccept<Op extends string, D, E, C extends DTypeClass> = [E] extends [DTypeClasses[C]]
  ? [D, E] extends [E, D]
    ? []
    : [DType] extends [D]
      ? []
      : `${Op}: the first is ${D & string} but the second is ${E & string}; cast one of them`
  : Accepts<Op, E, C>

const classes: { readonly [C in DTypeClass]: readonly DType[] } = {
  float32: ['float32'],
  int32: ['int32'],
  bool: ['bool'],
  numeric: ['float32', 'int32'],
  any: ['float32', 'int32', 'bool'],
}

/** The dtype, or the sentence when it is not of the class. */
export const acceptsDType = (op: string, d: DType, c: DTypeClass): Checked<DType> =>
  classes[c].includes(d) ? ok(d) : fail(`${op}: ${d} is not ${classes[c].join(' or ')}; cast it first`)
export const sameDType = (op: string, d: DType, e: DType): Checked<DType> =>
  d === e ? ok(d) : fail(`${op}: the first is ${d} but the second is ${e}; cast one of them`)
