/** Elementwise primitives. Operands arrive unbroadcast, and results stay so: the Adam of a scalar is a scalar. */
import type { Node } from '../../../dsl/core/node.js'
import type { Operand } from '../graph.js'
import type { Context } from '../lowering.js'

type Rule = (cx: Context, node: Node) => Operand
const values = (cx: Context, node: Node): Operand[] => node.inputs.map(i => cx.value(i))

const direct = (type: string): Rule => (cx, node) => cx.map(type, ...values(cx, node))
const composed = (f: (cx: Context, inputs: readonly Operand[], node: Node) => Operand): Rule => (cx, node) => f(cx, values(cx, node), node)

/** log(1 + x) for x where 1 + x does not overflow: the logarithm of the rounded sum, and what the rounding lost. */
const compensatedLog1p = (cx: Context, x: Operand): Operand => {
  const u = cx.map('Add', x, cx.float(1))
  return cx.map('Add', cx.map('Log', u), cx.map('Div', cx.map('Sub', x, cx.map('Sub', u, cx.float(1))), u))
}

/** Integer division by 0, and of the lowest integer by -1, would stop the process; both remainders are 0. */
const safeDivisor = (cx: Context, b: Operand): Operand =>
  cx.map('Where', cx.map('Less', cx.map('Abs', cx.map('Add', cx.map('Mul', b, cx.int(2)), cx.int(1))), cx.int(2)), cx.int(1), b)

export const elementwiseLowerings = {
  neg: direct('Neg'), abs: direct('Abs'), sign: direct('Sign'), floor: direct('Floor'), ceil: direct('Ceil'), round: direct('Round'),
  exp: direct('Exp'), log: direct('Log'), sqrt: direct('Sqrt'), sin: direct('Sin'), cos: direct('Cos'), tanh: direct('Tanh'),
  erf: direct('Erf'), not: direct('Not'),
  add: direct('Add'), sub: direct('Sub'), mul: direct('Mul'), div: direct('Div'), pow: direct('Pow'),
  maximum: direct('Max'), minimum: direct('Min'),
  equal: direct('Equal'), less: direct('Less'), lessEqual: direct('LessOrEqual'), and: direct('And'), or: direct('Or'),
  // ONNX Runtime has no Where on bool.
  select: composed((cx, [c, a, b], node) => node.dtype !== 'bool' ? cx.map('Where', c, a, b)
    : cx.map('Or', cx.map('And', c, a), cx.map('And', cx.map('Not', c), b))),
  // ONNX Runtime's own Sigmoid is off by half of it at -17.
  sigmoid: composed((cx, [x]) => cx.map('Reciprocal', cx.map('Add', cx.map('Exp', cx.map('Neg', x)), cx.float(1)))),
  log1p: composed((cx, [x]) => cx.map('Where', cx.map('Less', cx.map('Abs', x), cx.float(0.5)),
    compensatedLog1p(cx, x), cx.map('Log', cx.map('Add', x, cx.float(1))))),
  // exp(x) - 1 = 2t / (1 - t) with t = tanh(x / 2), which loses nothing near 0.
  expm1: composed((cx, [x]) => {
    const t = cx.map('Tanh', cx.map('Mul', x, cx.float(0.5)))
    const near = cx.map('Div', cx.map('Add', t, t), cx.map('Sub', cx.float(1), t))
    return cx.map('Where', cx.map('Less', cx.map('Abs', x), cx.float(1)), near, cx.map('Sub', cx.map('Exp', x), cx.float(1)))
  }),
  // max(x, 0) + log1p(exp(-|x|)): ONNX's own Softplus is 0 from -17 down.
  softplus: composed((cx, [x]) =>
    cx.map('Add', cx.map('Relu', x), compensatedLog1p(cx, cx.map('Exp', cx.map('Neg', cx.map('Abs', x)))))),
  mod: composed((cx, [a, b], node) => node.dtype === 'int32' ? cx.map('Mod', a, safeDivisor(cx, b))
    : cx.map('Sub', a, cx.map('Mul', b, cx.map('Floor', cx.map('Div', a, b))))),
  cast: composed((cx, [x], node) => cx.cast(x, node.dtype)),
} satisfies Record<string, Rule>
