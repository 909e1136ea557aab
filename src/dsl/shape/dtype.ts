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
/** The dtype of a result: `never` after a mistake about it, so that what follows does not complain of it again. */
export type Only<D extends DType, C extends DTypeClass> = D & DTypeClasses[C]

/** `[]`, or the message when `D` is not of the class. A dtype known at run time only passes where it may fit, and is checked there. */
export type Accepts<Op extends string, D, C extends DTypeClass> = [D & DTypeClasses[C]] extends [never]
  ? `${Op}: ${D & string} is not ${Names[C & keyof Names]}; cast it first`
  : []
/** `[]`, or the message when the second operand is not of the class or the two differ. */
export type BothAccept<Op extends string, D, E, C extends DTypeClass> = [E & DTypeClasses[C]] extends [never]
  ? Accepts<Op, E, C>
  : [D & E] extends [never]
    ? `${Op}: the first is ${D & string} but the second is ${E & string}; cast one of them`
    : []

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
