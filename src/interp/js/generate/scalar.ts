/** Elementwise primitives on one element, as JavaScript: the reference's formulas, so that results are the same to the last bit. */
import type { DType } from '../../../dsl/tensor.js'

/** The formula from the operands' names; `int` is another one for integers, whose results wrap. */
interface Formula { readonly float: (...x: string[]) => string; readonly int?: (...x: string[]) => string }

const math = (name: string): Formula => ({ float: (...x) => `Math.${name}(${x.join()})` })
const infix = (op: string): Formula => ({ float: (a, b) => `${a}${op}${b}` })
const test = (op: string): Formula => ({ float: (a, b) => `${a}${op}${b}?1:0` })

export const formulas = {
  neg: { float: x => `-${x}` }, abs: math('abs'), sign: math('sign'), floor: math('floor'), ceil: math('ceil'),
  round: { float: x => `roundHalfEven(${x})` },
  exp: math('exp'), log: math('log'), log1p: math('log1p'), expm1: math('expm1'), sqrt: math('sqrt'), sin: math('sin'), cos: math('cos'),
  tanh: math('tanh'),
  sigmoid: { float: x => `${x}<0?Math.exp(${x})/(1+Math.exp(${x})):1/(1+Math.exp(-${x}))` },
  softplus: { float: x => `Math.max(${x},0)+Math.log1p(Math.exp(-Math.abs(${x})))` },
  erf: { float: x => `erf(${x})` }, not: { float: x => `${x}!==0?0:1` },
  add: infix('+'), sub: infix('-'), mul: { float: (a, b) => `${a}*${b}`, int: (a, b) => `Math.imul(${a},${b})` }, div: infix('/'),
  pow: math('pow'), maximum: math('max'), minimum: math('min'), mod: { float: (a, b) => `${a}-${b}*Math.floor(${a}/${b})` },
  equal: test('==='), less: test('<'), lessEqual: test('<='), and: infix('&'), or: infix('|'),
  select: { float: (c, a, b) => `${c}!==0?${a}:${b}` },
} satisfies Record<string, Formula>

export type Elementwise = keyof typeof formulas

/** One element of the result; integers wrap as they do when the reference stores them. */
export const scalarText = (op: Elementwise, inputs: readonly string[], dtypes: readonly DType[], result: DType): string => {
  const { float, int = float }: Formula = formulas[op]
  if (op === 'select') return float(...inputs)
  const text = (dtypes[0] === 'int32' ? int : float)(...inputs)
  return result === 'int32' ? `(${text})|0` : text
}

/** A cast of one element. */
export const castText = (x: string, to: DType): string => to === 'bool' ? `${x}!==0?1:0` : to === 'int32' ? `${x}|0` : x
