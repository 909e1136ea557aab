/** Programs on an engine and on the reference, many in one compilation; what differs is named by the smallest expression that does. */
import { reachable, type Node } from '../../../src/dsl/core/node.js'
import type { Value } from '../../../src/dsl/value.js'
import { evaluate } from '../../../src/interp/js/evaluate.js'
import { wide } from '../../../src/interp/ends.js'
import { print } from '../../../src/interp/print/print.js'
import { program } from '../../../src/interp/program.js'
import type { Subject } from './engines.js'

export interface Job {
  readonly name: string
  readonly inputs: readonly Node[]
  readonly values: readonly Value[]
  readonly outputs: readonly Node[]
}

/** Relative to the magnitude of the tensor; below a thousandth, to a thousandth: sums of larger terms that cancel. */
export const tolerance = 1e-4
const tiniest = 1e-3

const typeOf = ({ dtype, shape }: Value): string => `${dtype} [${shape.join(', ')}]`
/** Where two values differ, in words; null where they agree. Integers and booleans agree exactly, floats to the tolerance. */
export const discord = (got: Value, want: Value): string | null => {
  if (got.dtype !== want.dtype || got.shape.join() !== want.shape.join() || got.data.length !== want.data.length)
    return `${typeOf(got)} with ${got.data.length} elements but ${typeOf(want)} was expected`
  const scale = Math.max(tiniest, ...Array.from(want.data, Math.abs).filter(Number.isFinite))
  const close = (x: number, y: number): boolean => x === y || (Number.isNaN(x) && Number.isNaN(y))
    || (want.dtype === 'float32' && Math.abs(x - y) <= tolerance * scale)
  const at = Array.from(want.data).findIndex((y, i) => !close(got.data[i], y))
  return at < 0 ? null : `element ${at} is ${got.data[at]} but ${want.data[at]} was expected`
}

const onEngine = async ({ engine }: Subject, inputs: readonly Node[], values: readonly Value[],
  outputs: readonly Node[]): Promise<Value[]> => {
  const executable = await engine.compile(program(inputs, outputs))
  try {
    return await executable.run(values)
  } finally {
    await executable.release()
  }
}
const onReference = (inputs: readonly Node[], values: readonly Value[], outputs: readonly Node[]): Value[] =>
  evaluate(outputs, new Map(inputs.map((n, i) => [n, wide(values[i])])))

/** What goes wrong with one job, or null. */
const fault = async (subject: Subject, job: Job): Promise<string | null> => {
  try {
    const got = await onEngine(subject, job.inputs, job.values, job.outputs)
    const want = onReference(job.inputs, job.values, job.outputs)
    const i = got.findIndex((v, k) => discord(v, want[k]) !== null)
    return i < 0 ? null : `result ${i}: ${discord(got[i], want[i])}`
  } catch (e) {
    return e instanceof Error ? e.message.split('\n')[0] : String(e)
  }
}

/** The first node, in the order of evaluation, whose value differs when every node is a result. */
const culprit = async (subject: Subject, job: Job): Promise<string> => {
  const nodes = reachable(job.outputs).filter(n => !n.tuple && n.op !== 'input')
  for (const node of nodes) {
    const one = await fault(subject, { ...job, outputs: [node] })
    if (one === null) continue
    const inputs = node.inputs.map(i => i.tuple ? i.op : `${i.op} ${i.dtype} [${i.shape.join(', ')}]`).join(', ')
    return `${node.op} ${JSON.stringify({ ...(node.attrs as object), body: undefined, value: undefined })} of ${inputs}: ${one}`
  }
  return 'no node alone: only the whole differs'
}

/** Compares jobs in batches; the answer names the smallest that differs, its text and the node to blame, or is null. */
export const disagreement = async (subject: Subject, jobs: readonly Job[], batch: number): Promise<string | null> => {
  const failed: { job: Job; what: string; size: number }[] = []
  for (let i = 0; i < jobs.length; i += batch) {
    const group = jobs.slice(i, i + batch)
    const together: Job = { name: '', inputs: group.flatMap(j => j.inputs), values: group.flatMap(j => j.values),
      outputs: group.flatMap(j => j.outputs) }
    if (await fault(subject, together) === null) continue
    const before = failed.length
    for (const job of group) {
      const what = await fault(subject, job)
      if (what !== null) failed.push({ job, what, size: reachable(job.outputs).length })
    }
    if (failed.length === before) return `${group.length} from ${group[0].name} on agree alone but not together: ${await fault(subject,
      together)}`
  }
  if (failed.length === 0) return null
  failed.sort((a, c) => a.size - c.size)
  const [{ job, what, size }] = failed
  return [
    `${failed.length} of ${jobs.length} differ on ${subject.name}; the smallest, ${job.name}, has ${size} nodes. ${what}`,
    print([...job.outputs]), `first: ${await culprit(subject, job)}`, `all: ${failed.map(f => `${f.job.name} (${f.what})`).join('; ')}`,
  ].join('\n')
}
