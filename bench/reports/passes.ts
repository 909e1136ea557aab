/** What each pass of the engine native is worth: time and memory of a training step compiled without it, over those with all passes. */
import { passes as all, type Pass } from 'typegrad/engines'
import { alternate } from '../harness/alternate.js'
import { table } from '../harness/markdown.js'
import { typegrad } from '../harness/peers.js'
import { prepared } from '../harness/prepared.js'
import type { Peer } from '../harness/process.js'
import type { Question, Report } from '../harness/report.js'
import { median } from '../harness/statistics.js'
import { workloads } from '../workloads/index.js'

const training = ['mlp', 'made', 'nade', 'vqvae', 'wgan-gp', 'transformer']
/** Steps after which the losses must agree: a pass changes no value. */
const STEPS = 5, TOLERANCE = 1e-3

interface Variant { readonly without: Pass | null; readonly ms: number; readonly peak: number }

const measure = (workload: string, { threads, device, quick, say }: Question): Promise<Variant[]> =>
  prepared(workload, {}, async folder => {
    say(`passes, ${workload}: ${workloads[workload]().title}`)
    const started: { readonly without: Pass | null; readonly process: Peer; readonly loss: number }[] = []
    try {
      for (const without of [null, ...all]) {
        const process = typegrad()
        // Known from the start, so that it is ended whatever happens.
        started.push({ without, process, loss: NaN })
        const setting = { workload, variant: 'native', threads, folder, device, sizes: {} }
        await process.start({ do: 'init', ...setting, ...without && { without } })
        const { loss } = await process.steps(STEPS)
        started[started.length - 1] = { without, process, loss }
      }
      const strays = started.filter(v => !(Math.abs(v.loss - started[0].loss) <= TOLERANCE * Math.abs(started[0].loss)))
      if (strays.length > 0)
        throw new Error(strays.map(v => `without ${v.without} the loss is ${v.loss}, not ${started[0].loss}`).join('; '))
      const times = await alternate(started, quick ? { turn: 0.05, rounds: 2 } : { turn: 0.3, rounds: 5 })
      const variants = []
      for (const [i, { without, process }] of started.entries())
        variants.push({ without, ms: median(times[i]) * 1000, peak: (await process.memory()).peak })
      return variants
    } finally {
      for (const { process } of started) process.close()
    }
  })

/** Each training workload with all passes, and without each in turn. */
export const passes: Report = async question => {
  const rows: { readonly workload: string; readonly variants: readonly Variant[] }[] = []
  for (const workload of question.quick ? training.slice(0, 1) : training)
    rows.push({ workload, variants: await measure(workload, question) })
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`
  const cells = ([whole, ...without]: readonly Variant[]) => [
    `${whole.ms.toPrecision(3)} ms, ${mib(whole.peak)}`,
    ...without.map(v => `${(v.ms / whole.ms).toFixed(2)}, ${(v.peak / whole.peak).toFixed(2)}`),
  ]
  return {
    name: 'passes', data: rows,
    markdown: [
      `A step on ${question.threads} ${question.threads === 1 ? 'thread' : 'threads'} with all passes of the engine native; then its time`
        + ' and the peak of memory without one of them, as multiples. Losses agree.', '',
      table(['model', 'all passes', ...all.map(pass => `without ${pass}`)],
        rows.map(r => [r.workload, ...cells(r.variants)])),
    ].join('\n'),
  }
}
