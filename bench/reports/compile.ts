/**
 * How long it takes until a training step may be called, in fresh processes: typegrad part by part, torch.compile and jax.jit until their
 * first step is done. `first`: the machine never compiled this program. `again`: it lies in the folder of compiled programs.
 */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { workloads } from '../workloads/index.js'
import { words } from '../harness/errors.js'
import { table } from '../harness/markdown.js'
import { peers, typegrad } from '../harness/peers.js'
import { inFolder, prepared } from '../harness/prepared.js'
import type { Environment, Peer } from '../harness/process.js'
import type { Question, Report } from '../harness/report.js'
import { median } from '../harness/statistics.js'
import type { Phases } from '../harness/workload.js'

/** Asks a fresh process. */
const fresh = async <T>(process: Peer, ask: (process: Peer) => Promise<T>): Promise<T> => {
  try {
    return await ask(process)
  } finally {
    process.close()
  }
}

/** Seconds of one compilation: `trace` of the user's expressions alone, by another process. */
interface Compiled extends Phases { readonly trace: number }
const parts = ['trace', 'gradient', 'simplify', 'load', 'whole'] as const
type Parts = Readonly<Record<typeof parts[number], number>>
/** Parts from the medians of what was measured. */
const partsOf = (runs: readonly Compiled[]): Parts => {
  const of = (time: keyof Compiled) => median(runs.map(r => r[time]))
  const [trace, expressions, load, whole] = [of('trace'), of('expressions'), of('engine'), of('whole')]
  return { trace, gradient: expressions - trace, simplify: whole - expressions - load, load, whole }
}

const inCache = (folder: string): Environment => ({ TYPEGRAD_CACHE: folder })

/** Opens the engine with a folder of compiled programs. */
const opened = (folder: string, { engine, threads }: Question) => fresh(typegrad(inCache(folder)), process =>
  process.ask<{ seconds: number; version: string }>({ do: 'open', variant: engine, threads }))

/** One compilation with a folder that has the engine's runtime and no program, and one that finds the program there. */
const ours = (workload: string, runtime: string, { engine, threads }: Question): Promise<{ first: Compiled; again: Compiled }> =>
  inFolder(async folder => {
    cpSync(runtime, folder, { recursive: true, preserveTimestamps: true })
    const told = { workload, variant: engine, threads, sizes: {} } as const
    const compiled = async (): Promise<Compiled> => {
      const { seconds: trace } = await fresh(typegrad(), process => process.ask<{ seconds: number }>({ do: 'trace', ...told }))
      return { trace, ...await fresh(typegrad(inCache(folder)), process => process.ask<Phases>({ do: 'phases', ...told })) }
    }
    return { first: await compiled(), again: await compiled() }
  })

/** Both keep what they compiled: PyTorch in one folder, JAX in another, where even what compiles quickly is kept. */
const theirCache = (folder: string): Environment => ({
  TORCHINDUCTOR_CACHE_DIR: join(folder, 'torch'), JAX_COMPILATION_CACHE_DIR: join(folder, 'jax'),
  JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: '0', JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES: '-1',
})

/** Seconds until a peer's first step is done, without starting its process and reading its files; or why not. */
type Theirs = { readonly first: number; readonly again: number } | string
const theirs = async (name: string, variant: string, workload: string, { threads, device, peers: wanted }: Question): Promise<Theirs> => {
  if (wanted !== undefined && ![name, `${name}:${variant}`].some(p => wanted.includes(p))) return 'it was not asked for'
  const found = peers[name]()
  if ('missing' in found) return found.missing
  const until = (sizes: Readonly<Record<string, number>>, cache: string, task: string): Promise<number> =>
    prepared(task, sizes, folder => fresh(found.start(theirCache(cache)), async process => {
      const { compile = 0 } = await process.start({ do: 'init', workload: task, variant, threads, folder, device, sizes })
      return compile + (await process.steps(1)).seconds
    }))
  return inFolder(async cache => {
    // Another program first: what they build once a machine, such as headers, is no part of `first`, as the runtime is none of ours.
    await until({ batch: 4, width: 8 }, cache, 'mlp')
    return { first: await until({}, cache, workload), again: await until({}, cache, workload) }
  }).catch(words)
}

interface CompileRow {
  readonly workload: string
  /** Of how many repetitions typegrad's are the medians. */
  readonly repetitions: number
  readonly first: Parts
  readonly again: Parts
  readonly torch: Theirs
  readonly jax: Theirs
}

const ms = (seconds: number): string => `${(seconds * 1000).toFixed(0)} ms`

/** Compile time of MLP, VQ-VAE and GPT-2 small. */
export const compile: Report = question => inFolder(async runtime => {
  const { quick, say } = question
  say('compile: the engine, on a machine that never ran typegrad')
  const built = await opened(runtime, question), again = await opened(runtime, question)
  const rows: CompileRow[] = []
  for (const workload of quick ? ['mlp', 'vqvae'] : ['mlp', 'vqvae', 'gpt2']) {
    say(`compile, ${workload}: ${workloads[workload]().title}`)
    const runs = []
    const repetitions = quick ? 1 : workload === 'gpt2' ? 3 : 5
    for (let i = 0; i < repetitions; i++) {
      runs.push(await ours(workload, runtime, question))
      say(`  typegrad, ${i + 1} of ${repetitions}`)
    }
    const own = { first: partsOf(runs.map(r => r.first)), again: partsOf(runs.map(r => r.again)) }
    say(`  typegrad: first ${ms(own.first.whole)}, again ${ms(own.again.whole)}`)
    const peer = async (name: string, variant: string): Promise<Theirs> => {
      say(`  ${name}:${variant}, first and again`)
      return theirs(name, variant, workload, question)
    }
    const [torch, jax] = [await peer('torch', 'compile'), await peer('jax', 'jit')]
    rows.push({ workload, repetitions: runs.length, ...own, torch, jax })
  }
  const cells = (r: CompileRow, time: 'first' | 'again') => [
    r.workload, time, ...parts.map(part => ms(r[time][part])), ...[r.torch, r.jax].map(t => typeof t === 'string' ? '-' : ms(t[time])),
  ]
  const absent = [...new Set(rows.flatMap(r => ([['torch.compile', r.torch], ['jax.jit', r.jax]] as const)
    .flatMap(([name, told]) => typeof told === 'string' ? [`- ${r.workload}: no ${name}: ${told}`] : [])))]
  const heads = [
    'model', '', 'trace', 'gradient and optimiser', 'simplify', 'lower and load', 'typegrad in all', 'torch.compile', 'jax.jit',
  ]
  return {
    name: 'compile', data: { engine: built.version, runtime: built.seconds, open: again.seconds, rows },
    markdown: [
      `On ${built.version}, each in a fresh process, from the first expression until the step is loaded; medians of `
      + `${quick ? 'one, as the run is quick' : '5, of 3 for gpt2'}. \`first\`: this machine never compiled it. \`again\`: another `
      + 'process did, and the folder of compiled programs has it. PyTorch and JAX: once each, until their first step is done.', '',
      table(heads, rows.flatMap(r => [cells(r, 'first'), cells(r, 'again')])), '',
      `Opening the engine on a machine that never ran typegrad, which builds its C runtime: ${ms(built.seconds)}; afterwards `
      + `${ms(again.seconds)} a process.`,
      ...absent.length > 0 ? ['', ...absent] : [],
    ].join('\n'),
  }
})
