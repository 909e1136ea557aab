/**
 * Everything that a GPU changes, on a machine that has one: builds tfjs-node-gpu, runs the tests of agreement on it, trains MADE, and runs
 * the bench with --gpu. Without a GPU it says so and ends well. docs/guides/tfjs-node.md says what was run where.
 *
 *   node scripts/gpu.mjs [--wheel SPEC] [--no-cuda]     as of scripts/tfjs-node.mjs
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from './tfjs-node/build.mjs'
import { runSuites } from './tfjs-node/check.mjs'
import { options } from './tfjs-node/options.mjs'
import { attempt, Refusal } from './tfjs-node/tools.mjs'

const root = resolve(import.meta.dirname, '..')
/** MADE reaches 103 nats in these steps on a CPU; pixels that are independent have 206. */
const [steps, enough] = [300, 115]

const node = (...args) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

const trains = () => {
  const made = node('scripts/build.mjs').status === 0
    ? node('dist/run/cli/main.js', 'train', 'made', '--steps', String(steps), '--engine', 'tfjs:node-gpu', '--json')
    : undefined
  if (made?.status !== 0) throw new Refusal('made does not train on tfjs:node-gpu: what it said stands above')
  const { metrics, seconds } = JSON.parse(made.stdout.trim().split('\n').at(-1))
  const reached = `${metrics.testNll.toFixed(2)} nats after ${steps} steps`
  if (!(metrics.testNll < enough)) throw new Refusal(`made on tfjs:node-gpu has ${reached}, but at most ${enough} were expected`)
  return `${reached} in ${seconds.toFixed(1)} s`
}

const main = () => {
  const seen = attempt('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader'])
  if (!seen.ok) return console.log(`skipped: no NVIDIA GPU answers here (nvidia-smi: ${seen.said})`)
  console.log(`GPU: ${seen.stdout.trim().split('\n').join('; ')}`)
  const asked = options(['--gpu', ...process.argv.slice(2)], root)
  if (build(asked, line => console.log(line)) !== 'gpu')
    throw new Refusal('TensorFlow does not use the GPU; run with TF_CPP_MIN_LOG_LEVEL=0 to read why')
  // Products of float32 are rounded to TF32 on newer GPUs unless told otherwise: three digits, where the tests want four.
  if (runSuites('TYPEGRAD_TFJS_NODE_GPU', asked.to, [], { NVIDIA_TF32_OVERRIDE: '0' }) !== 0)
    throw new Refusal('tfjs:node-gpu does not agree with the reference: the tests that failed stand above')
  console.log('agreement: the suite passes on tfjs:node-gpu, without TF32')
  console.log(`training: made on tfjs:node-gpu has ${trains()}`)
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  if (scripts.bench === undefined) return console.log('skipped: the bench is not in this folder')
  if (spawnSync('npm', ['run', 'bench', '--', '--gpu'], { cwd: root, stdio: 'inherit' }).status !== 0)
    throw new Refusal('the bench failed: what it said stands above')
}

try {
  main()
} catch (e) {
  if (!(e instanceof Refusal)) throw e
  console.error(e.message)
  process.exitCode = 1
}
