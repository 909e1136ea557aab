/** How long it takes until a training step runs: typegrad part by part, torch.compile and jax.jit until their first step is done. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workloads } from '../workloads/index.js'
import { peers, typegrad } from '../harness/peers.js'
import { table, type Question, type Report } from '../harness/report.js'
import { median } from '../harness/statistics.js'
import type { Phases } from '../harness/workload.js'

/** Seconds of one compilation in a fresh process. */
interface Compiled extends Phases { readonly version: string; readonly trace: number }

const ours = async (workload: string, { engine, threads }: Question): Promise<Compiled> => {
  const [tracing, compiling] = [typegrad(), typegrad()]
  const told = { workload, variant: engine, threads, sizes: {} } as const
  try {
    const { seconds: trace } = await tracing.ask<{ seconds: number }>({ do: 'trace', ...told })
    return { trace, ...await compiling.ask<Phases & { version: string }>({ do: 'phases', ...told }) }
  } finally {
    tracing.close()
    compiling.close()
  }
}

/** Seconds until a peer's first step is done, without starting its process and reading its files; or why not. */
const theirs = async (name: string, variant: string, workload: string, folder: string, { threads, device }: Question) => {
  const found = peers[name]()
  if ('missing' in found) return found.missing
  const process = found.start()
  try {
    const { compile = 0 } = await process.start({ do: 'init', workload, variant, threads, folder, device, sizes: {} })
    return compile + (await process.steps(1)).seconds
  } catch (e) {
    return e instanceof Error ? e.message : String(e)
  } finally {
    process.close()
  }
}

const ms = (seconds: number): string => `${(seconds * 1000).toFixed(0)} ms`
const shown = (found: number | string): string => typeof found === 'number' ? ms(found) : '-'

/** Compile time of MLP, VQ-VAE and GPT-2 small. */
export const compile: Report = async question => {
  const { quick, say } = question
  const rows = []
  for (const workload of quick ? ['mlp', 'vqvae'] : ['mlp', 'vqvae', 'gpt2']) {
    say(`compile, ${workload}: ${workloads[workload]().title}`)
    const runs: Compiled[] = []
    for (let i = 0; i < (quick ? 1 : 3); i++) runs.push(await ours(workload, question))
    const of = (f: (c: Compiled) => number) => median(runs.map(f))
    const folder = mkdtempSync(join(tmpdir(), 'typegrad-bench-'))
    const first = typegrad()
    try {
      const wanted = (name: string) => question.peers === undefined || question.peers.includes(name)
      const compared = ['torch', 'jax'].filter(wanted)
      if (compared.length > 0) await first.start({ do: 'prepare', workload, sizes: {}, folder, variant: 'auto' })
      first.close()
      const found = { torch: await (wanted('torch') ? theirs('torch', 'cold', workload, folder, question) : 'not asked for'),
        jax: await (wanted('jax') ? theirs('jax', 'jit', workload, folder, question) : 'not asked for') }
      rows.push({
        workload, engine: runs[0].version, trace: of(r => r.trace), gradient: of(r => r.step - r.trace),
        simplify: of(r => r.whole - r.step - r.engine), load: of(r => r.engine), whole: of(r => r.whole), first: runs[0].whole, ...found,
      })
    } finally {
      first.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const heads = [
    'model', 'engine', 'trace', 'gradient and optimiser', 'simplify', 'lower and load', 'typegrad in all', 'torch.compile', 'jax.jit',
  ]
  return {
    name: 'compile', data: rows,
    markdown: table(heads, rows.map(r => [r.workload, r.engine, ...[r.trace, r.gradient, r.simplify, r.load, r.whole].map(ms),
      shown(r.torch), shown(r.jax)])),
  }
}
