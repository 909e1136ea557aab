/** The number of threads that an engine is asked for. */
import { TypegradError } from '../dsl/errors.js'

/** Refuses what is no whole number from 1 up; absent is all cores. `name` is the engine that was asked for. */
export const checkThreads = (name: string, threads: number | undefined): void => {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1))
    throw new TypegradError('engine',
      `${name}: threads is ${threads}, but a whole number from 1 up was expected; leave it out for all cores`)
}
