/** Definitions: functions checked once with symbols for sizes, and applied at any sizes that fit. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Node } from '../core/node.js'
import { substitute } from '../core/substitute.js'
import { isLeaf, leavesOf, treeLike } from '../core/trees.js'
import { TypegradError } from '../errors.js'
import { must } from '../ops/typed.js'
import { symbolsOfShape, type Sizes } from '../shape/subst.js'
import type { Closed, Definition } from './definition.js'
import { inferArguments, speaksOfFresh, unknownNames } from './infer.js'
import { distinct, resized } from './specs.js'
import type { SymbolsIn, Tree } from './tree.js'
import { trace, type Body, type Trace } from './trace.js'
import { solve } from './unify-tree.js'

/**
 * A function polymorphic in its sizes. The body is written, and checked once, with symbols standing for sizes; calling the definition
 * unifies the symbols with the actual shapes, and `.at` puts sizes or other symbols for them. The parameters are a tree of specs.
 *
 * TypeScript erases the annotations of a body's arguments, so a definition given by parameters and body alone knows the parameters' symbols
 * when it runs, but infers those of its arguments from the way the body uses them. A body that names an argument's axes or sizes itself
 * (`sum(x, ['T'])`, `reshape(x, ['B', 'T', 12, 64])`) should be given the arguments' specs too: `define(params, [f32('B', 'T')], body)`.
 * It is then traced once, with its symbols, and every application substitutes into that graph; only a body that returns methods, such as a
 * distribution, runs at each call.
 *
 * Throws a `TypegradError` that names the argument or parameter, the symbol and both sizes.
 *
 * @example
 * ```ts
 * const linear = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => add(matmul(x, p.w), p.b))
 * linear({ w: f32(784, 10), b: f32(10) }, f32('N', 784)).shape // ['N', 10]
 *
 * const pool = define({}, [f32('B', 'T', 'D')], (_, x) => mean(x, ['T']))
 * pool({}, f32(32, 10, 64)).shape // [32, 64]
 * ```
 */
export function define<const P extends Tree, A extends readonly Tree[], R>(
  params: P, body: (params: P, ...args: A) => Closed<R, SymbolsIn<P> | SymbolsIn<A>>): Definition<P, A, R>
export function define<const P extends Tree, const A extends readonly Tree[], R>(
  params: P, args: readonly [...A], body: (params: P, ...args: A) => Closed<R, SymbolsIn<P> | SymbolsIn<A>>): Definition<P, A, R>
export function define(params: unknown, ...rest: readonly [Body] | readonly [readonly unknown[], Body]): unknown {
  return rest.length === 1 ? fromBody(distinct(params), rest[0]) : fromSpecs(distinct(params), rest[0], rest[1])
}

/** What `Definition` is when it runs. */
interface Callable { (params: unknown, ...args: readonly unknown[]): unknown; params?: unknown; at?: (sizes: Sizes) => unknown }

const callable = (call: Callable, params: unknown, at: (sizes: Sizes) => unknown): Callable =>
  Object.defineProperties(call, { params: { value: params, enumerable: true }, at: { value: at } })

/** The sentence of the compiler, so that a plain JavaScript caller reads the same. */
const checkCount = (expected: number, given: number): void => {
  if (expected !== given) throw new TypegradError('shape', `Expected ${expected + 1} arguments, but got ${given + 1}.`)
}

const sizesFor = (params: unknown, args: readonly unknown[] | undefined, p: unknown, xs: readonly unknown[]): Sizes =>
  must(solve(params, args, p, xs))

const checkSizes = (sizes: Sizes, known: readonly string[] | undefined): void => {
  for (const [symbol, size] of Object.entries(sizes)) {
    if (known && !known.includes(symbol)) throw new TypegradError('shape', `at: ${symbol} is not a symbol of this definition`)
    if (typeof size === 'number' && !(Number.isInteger(size) && size >= 0)) {
      throw new TypegradError('shape', `at: ${symbol} is ${size}, but a size is a whole number`)
    }
  }
}

/* ---------- parameters and body: the body runs on the tensors of each call ---------- */

const fromBody = (params: unknown, body: Body): Callable => callable((p, ...xs) => {
  checkCount(Math.max(body.length - 1, 0), xs.length)
  const known = sizesFor(params, undefined, p, xs)
  try {
    return body(p, ...xs)
  } catch (e) {
    if (!(e instanceof TypegradError) || e.kind !== 'shape') throw e
    const inferred = inferArguments(params, body, xs, known)
    const solved = inferred && solve(inferred.params, inferred.args, p, xs)
    if (inferred === undefined || solved === undefined) throw withAdvice(e, [p, ...xs], known)
    if (isLeft(solved) && speaksOfFresh(solved.left)) throw withAdvice(e, [p, ...xs], known)
    return applyTrace(inferred, p, xs, must(solved))
  }
}, params, sizes => {
  checkSizes(sizes, undefined)
  return fromBody(resized(params, sizes), withArity(body.length, body))
})

/** The sentence of the body, with what to do when it speaks of names that only the annotations know. */
const withAdvice = (e: TypegradError, actual: readonly unknown[], known: Sizes): TypegradError => {
  const names = e.message.includes('\n') ? [] : unknownNames(e.message, actual, known)
  return names.length === 0 ? e : new TypegradError(e.kind,
    `${e.message}\nonly the annotations say what ${names.join(', ')} is: give the arguments' specs, define(params, [f32('B', ...)], body)`)
}

/** `length` is all that plain JavaScript knows of a function's parameters. */
const withArity = (length: number, f: Body): Body =>
  Object.defineProperty((...xs: Parameters<Body>) => f(...xs), 'length', { value: length })

/* ---------- parameters, arguments and body: traced once ---------- */

/** The traced body at actual parameters and arguments. */
const applyTrace = ({ params, args, result }: Trace, p: unknown, xs: readonly unknown[], sizes: Sizes): unknown => {
  const replacements = new Map<Node, Node>()
  const pair = (spec: unknown, actual: unknown): void => {
    if (isLeaf(spec)) replacements.set(spec as Node, actual as Node)
    else for (const [key, part] of Object.entries(spec as object)) pair(part, (actual as Record<string, unknown>)[key])
  }
  pair(params, p)
  args.forEach((arg, i) => pair(arg, xs[i]))
  const outputs = leavesOf<Node>(result, 'result').map(({ leaf }) => leaf)
  return treeLike(result, substitute(outputs, replacements, sizes))
}

const isTree = (value: unknown): boolean =>
  isLeaf(value) || (typeof value === 'object' && value !== null && Object.values(value).every(isTree))

const fromSpecs = (params: unknown, args: readonly unknown[], body: Body): Callable => {
  const traced = trace(params, args, body)
  // Closures cannot be substituted into: a body that returns methods (a distribution) runs on the tensors of each call instead.
  const closed = isTree(traced.result)
  const apply: Body = (p, ...xs) => {
    const sizes = sizesFor(traced.params, traced.args, p, xs)
    return closed ? applyTrace(traced, p, xs, sizes) : body(p, ...xs)
  }
  const known = [params, ...args].flatMap(tree => leavesOf(tree)).flatMap(({ leaf }) => symbolsOfShape(leaf.shape))
  return callable((p, ...xs) => {
    checkCount(args.length, xs.length)
    return apply(p, ...xs)
  }, params, sizes => {
    checkSizes(sizes, known)
    return fromSpecs(resized(params, sizes), args.map(arg => resized(arg, sizes)), apply)
  })
}
