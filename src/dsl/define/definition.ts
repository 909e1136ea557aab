/** The type of a definition: a function polymorphic in the sizes of its symbols. */
import type { Dim } from '../tensor.js'
import type { First } from './keys.js'
import type { SubstituteTree, SymbolsIn } from './tree.js'
import type { Solve } from './unify-tree.js'

/**
 * A function of parameters and arguments that works for every size of its symbols. Calling it unifies the symbols with the actual shapes;
 * a clash is one sentence: `argument 1: I is 784 but 785 here`.
 *
 * @example
 * ```ts
 * const linear = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => add(matmul(x, p.w), p.b))
 * const y: Tensor<['N', 10]> = linear({ w: f32(784, 10), b: f32(10) }, f32('N', 784))
 * const small = linear.at({ I: 784, O: 10 })
 * ```
 */
export interface Definition<in out P, in out A extends readonly unknown[], in out R> {
  /** The parameters' specs: a tree to initialise, to count, or to put into the parameters of another definition. */
  readonly params: P
  <const Q, const X extends Arity<A>>(
    params: AtParams<Solve<P, A, Q, X>, Q>, ...args: AtArguments<Solve<P, A, Q, X>, X>): Result<R, Solve<P, A, Q, X>>
  /** The definition with sizes, or other symbols, put for some of its symbols. */
  at<const Z extends Readonly<Record<string, Dim>>>(
    sizes: AtSizes<Z, SymbolsIn<P> | SymbolsIn<A>>): Definition<SubstituteTree<P, Z>, SubstituteTree<A, Z>, SubstituteTree<R, Z>>
}

/** As many arguments as the definition has, of any kind: what they are is for unification to say. */
export type Arity<A extends readonly unknown[]> = { readonly [K in keyof A]: unknown }

type AtParams<E, Q> = [E] extends [never] ? Q : E extends `params${string}` ? E : Q
type AtArguments<E, X extends readonly unknown[]> =
  [E] extends [never] ? X : E extends `argument ${string}` ? { [K in keyof X]: AtArgument<E, X[K], K> } : X
type AtArgument<E extends string, X, K> = K extends keyof Ordinals ? E extends `argument ${Ordinals[K]}${'.' | ':'}${string}` ? E : X : X
interface Ordinals { '0': 1; '1': 2; '2': 3; '3': 4; '4': 5; '5': 6; '6': 7; '7': 8; '8': 9; '9': 10; '10': 11; '11': 12 }
type Result<R, E> = [E] extends [never] ? never : E extends string ? never : SubstituteTree<R, E>

type AtSizes<Z, Known> = {
  readonly [K in keyof Z]: K extends Known
    ? `${Z[K] & Dim}` extends `-${string}` | `${string}.${string}` ? `at: ${K & string} is ${Z[K] & Dim}, but a size is a whole number`
      : Z[K]
    : `at: ${K & string} is not a symbol of this definition`
}

/** The result of a definition's body, or the message when it has symbols of its own, which no call could ever find. */
export type Closed<R, Known> =
  [Exclude<SymbolsIn<R>, Known>] extends [never] ? R : Unbound<First<Exclude<SymbolsIn<R>, Known>>>
type Unbound<S extends string> = `define: the result has ${S}, which is in neither the parameters nor the arguments`
