/** 20,000 steps of a small model: resident memory must not grow. */
import { table } from '../harness/markdown.js'
import { typegrad } from '../harness/peers.js'
import { prepared } from '../harness/prepared.js'
import type { Report } from '../harness/report.js'

const sizes = { batch: 32, width: 64, depth: 1 }

/** Memory after every thousandth step. */
export const steady: Report = ({ engine, threads, device, quick, say }) => prepared('mlp', sizes, async folder => {
  const running = typegrad()
  const thousands = quick ? 4 : 20
  say(`steady: ${thousands},000 steps of a small model`)
  try {
    await running.start({ do: 'init', workload: 'mlp', sizes, folder, variant: engine, threads, device })
    const memory: number[] = []
    for (let thousand = 0; thousand < thousands; thousand++) {
      await running.steps(1000)
      memory.push((await running.memory()).now)
    }
    say(`steady: ${memory.map(m => (m / 2 ** 20).toFixed(0)).join(' ')} MiB`)
    // The first fifth fills caches and heaps.
    const settled = memory[Math.floor(memory.length / 5)], last = memory[memory.length - 1]
    const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
    return {
      name: 'steady', data: { steps: memory.length * 1000, memory, grown: last - settled },
      markdown: table(['steps', 'memory after a fifth of them', 'at the end', 'grown'],
        [[String(memory.length * 1000), mib(settled), mib(last), mib(last - settled)]]),
    }
  } finally {
    running.close()
  }
})
