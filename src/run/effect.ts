/** Files, data sets and engines may fail for reasons outside the program: such steps are `Effect`s, whose failures are sentences. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { TypegradError, type ErrorKind } from '../dsl/errors.js'

/** A step that touches the world and ends in a value or in a sentence for the user. */
export type Effect<A> = TE.TaskEither<TypegradError, A>

/** Runs `work`; whatever it throws that is not already a sentence becomes `sentence(reason)`. */
export const attempt = <A>(kind: ErrorKind, sentence: (reason: string) => string, work: () => Promise<A> | A): Effect<A> =>
  TE.tryCatch(async () => work(), e => e instanceof TypegradError ? e : new TypegradError(kind, sentence(reasonOf(e))))

/** Runs an effect from async code: its value, or its sentence thrown. */
export const run = async <A>(effect: Effect<A>): Promise<A> => orThrow(await effect())

/** The value of a checked result, or its sentence thrown. */
export const orThrow = <A>(result: E.Either<TypegradError, A>): A => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

/** What the operating system calls a failure, in words; unknown ones in their own. */
export const reasonOf = (e: unknown): string => {
  const code = (e as { code?: unknown } | null)?.code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'permission is denied'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ENOTDIR') return 'a part of the path is a file'
  if (code === 'ENOSPC') return 'the disk is full'
  return e instanceof Error ? e.message : String(e)
}
