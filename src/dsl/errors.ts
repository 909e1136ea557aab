/** Every mistake a user can make ends in a `TypegradError`: what was got, what was expected, how to mend it; no stack trace is shown. */

/** Where a mistake belongs: the kind decides exit codes and tests, the sentence is for the reader. */
export type ErrorKind = 'shape' | 'value' | 'engine' | 'data' | 'file' | 'config' | 'numeric'

/**
 * A mistake of the user's, worded for the user; `kind` is machine-readable.
 *
 * @example
 * ```ts
 * try { matmul(f32(2, 3), f32(4, 5) as never) } catch (e) { if (e instanceof TypegradError) console.log(e.kind, e.message) }
 * ```
 */
export class TypegradError extends Error {
  override readonly name = 'TypegradError'
  constructor(readonly kind: ErrorKind, message: string) { super(message) }
}

/** A mistake of ours: the message asks for a report, because no input should lead here. */
export class InternalError extends Error {
  override readonly name = 'InternalError'
  constructor(message: string) { super(`typegrad bug: ${message}. Please report it with the program that led here.`) }
}
