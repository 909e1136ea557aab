/** Every primitive as generated code; a few that tiny graphs do not live by are the reference's own kernels, called from it. */
import { InternalError } from '../../../../dsl/errors.js'
import type { Node } from '../../../../dsl/core/node.js'
import type { NodeOf } from '../../../../dsl/core/table.js'
import { sizeOf, type Value } from '../../../../dsl/value.js'
import { concrete } from '../../../program.js'
import { evaluateNode } from '../../evaluate.js'
import { elementwiseForm, viewForm, type Form } from '../forms.js'
import { Kernel, zero } from '../kernel.js'
import { formulas, type Elementwise } from '../scalar.js'
import type { Rules, Scope } from '../scope.js'
import { indexingRules } from './indexing.js'
import { linearRules } from './linear.js'
import { reduceRules } from './reduce.js'
import { scanRules } from './scan.js'
import { structureRules } from './structure.js'

const byReference = (cx: Scope, node: Node): Form => {
  const inputs = node.inputs.map(i => cx.whole(i)), to = cx.space(concrete(node), node.dtype)
  const call = cx.code.calls.push((...arrays) => {
    const values = node.inputs.map((i, at): Value => ({ shape: concrete(i), dtype: i.dtype, data: arrays[at] }))
    arrays[inputs.length].set(evaluateNode(node, values).data)
  }) - 1
  cx.code.emit(`calls[${call}](${[...inputs, to].map(v => v.buf.name).join()})`)
  return viewForm(to)
}

const words = (fill: 'fillBits' | 'fillUniform') => (cx: Scope, node: NodeOf<'uniform' | 'randomBits'>): Form => {
  const key = cx.ready(node.inputs[0]), to = cx.space(concrete(node), node.dtype), k = new Kernel()
  const [k0, k1] = [0, 1].map(i => key.at(k, [{ ...zero, text: `${i}` }]).text)
  k.do(`${fill}(${to.buf.name},${k0},${k1},${node.attrs.stream},${sizeOf(to.shape)})`)
  cx.code.emit(k.text())
  return viewForm(to)
}

const mapped = (op: Elementwise) => (cx: Scope, node: Node): Form => elementwiseForm(op, node.dtype, node.inputs.map(i => cx.form(i)))
const elementwiseRules = Object.fromEntries(Object.keys(formulas).map(op => [op, mapped(op as Elementwise)])) as
  { readonly [P in Elementwise]: (cx: Scope, node: Node) => Form }

/** Total over the table: a primitive without a rule does not compile. */
export const rules: Rules = {
  ...elementwiseRules, ...structureRules, ...reduceRules, ...indexingRules, ...linearRules, ...scanRules,
  input: (_, node) => { throw new InternalError(`the placeholder ${node.attrs.name} has no value`) },
  sortIndices: byReference, conv2d: byReference, conv2dInput: byReference, conv2dKernel: byReference, patches: byReference,
  fold: byReference,
  randomBits: words('fillBits'), uniform: words('fillUniform'),
}
