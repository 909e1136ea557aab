/** Compiling functions whose trees are only known once a recipe is loaded: the one place where their types are taken on trust. */
import type { AnyTensor } from '../dsl/define/tree.js'
import type { TreeOf } from '../dsl/core/trees.js'
import type { Value } from '../dsl/value.js'
import { compile } from '../interp/compile.js'
import type { Engine } from '../interp/engine.js'

/** Records of host arrays, nested to any depth. */
export type Values = TreeOf<Value>
/** Records of tensors, at least one record deep. */
export type Specs = Readonly<Record<string, unknown>>

/** A compiled function of (state, inputs), by its trees of values. */
export interface Runnable<S, I, O> {
  run(inputs: I): Promise<O>
  write(state: S): Promise<void>
  read(): Promise<S>
  release(): Promise<void>
}

type Traced = (state: never, inputs: never) => { readonly state?: unknown; readonly outputs: unknown }
type Erased = (state: AnyTensor, inputs: AnyTensor) => { readonly state?: AnyTensor; readonly outputs: AnyTensor }

/** `compile` for a function over trees of unknown structure; `S`, `I` and `O` say what the caller knows of the values. */
export const compileTrees = async <S, I, O>(
  engine: Engine, f: Traced, specs: { readonly state: Specs; readonly inputs: Specs }, sizes: Readonly<Record<string, number>> = {},
): Promise<Runnable<S, I, O>> => {
  const erased: unknown = specs
  const compiled: unknown = await compile(engine, f as Erased, erased as { state: AnyTensor; inputs: AnyTensor }, sizes)
  return compiled as Runnable<S, I, O>
}
