/** What this machine offers: the report behind `typegrad doctor`. */
import { version } from '../version.js'
import { probeEngines, type Probe } from './registry.js'

/** The state of an installation. */
export interface DoctorReport {
  readonly typegrad: string
  /** Node's version, or `null` in a browser. */
  readonly node: string | null
  readonly platform: string
  /** Cores of the machine, and how many of them this process may use, which is the default number of threads. */
  readonly cores: number
  readonly threads: number
  readonly engines: readonly Probe[]
  /** The engine that `auto` takes. */
  readonly auto: string
}

interface Machine { readonly node: string | null; readonly platform: string; readonly cores: number; readonly threads: number }

const machine = async (): Promise<Machine> => {
  // Looked up, not imported, at the top: a browser has neither.
  if (typeof process !== 'undefined' && typeof process.versions?.node === 'string') {
    const os = await import('node:os')
    const platform = `${process.platform} ${process.arch}`
    return { node: process.version, platform, cores: os.cpus().length, threads: os.availableParallelism() }
  }
  const { navigator = {} } = globalThis as { readonly navigator?: { readonly hardwareConcurrency?: number; readonly userAgent?: string } }
  const { hardwareConcurrency: cores = 1, userAgent: platform = 'unknown' } = navigator
  return { node: null, platform, cores, threads: cores }
}

/**
 * Looks at the machine and tries every engine.
 *
 * @example
 * ```ts
 * import { doctor } from 'typegrad/engines'
 *
 * const { threads, auto } = await doctor()
 * console.log(threads, auto)
 * ```
 */
export const doctor = async (probe: () => Promise<readonly Probe[]> = probeEngines): Promise<DoctorReport> => {
  const engines = await probe()
  return { typegrad: version, ...await machine(), engines, auto: engines.find(e => e.available)?.name ?? 'none' }
}
