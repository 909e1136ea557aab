/** What the command line of tfjs-node.mjs asks for. */
import { isAbsolute, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Refusal } from './tools.mjs'

/** The release of tfjs-node that is built; the engine's kernels were measured on it. */
export const release = '4.22.0'
/** The wheels whose library is taken when none is named. */
export const wheels = { cpu: 'tensorflow-cpu==2.21.0', gpu: 'tensorflow==2.21.0' }

export const usage = `Builds tfjs-node ${release} over the TensorFlow library of a Python wheel, for \`typegrad --engine tfjs:node\`.

  node scripts/tfjs-node.mjs [options]

  --gpu            build tfjs-node-gpu over the CUDA wheel, with NVIDIA's libraries beside it
  --wheel SPEC     the wheel: a requirement of pip (${wheels.cpu}; with --gpu ${wheels.gpu}) or a .whl file
  --to DIR         where the package goes (node_modules/@tensorflow/tfjs-node, with --gpu tfjs-node-gpu)
  --cache DIR      where downloads are kept (.cache/tfjs-node)
  --no-cuda        with --gpu: leave NVIDIA's libraries out; those of the system are used
  --force          build even if the package is there already`

const fromHere = (cwd, folder) => isAbsolute(folder) ? folder : resolve(cwd, folder)

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {{ help: boolean, gpu: boolean, cuda: boolean, force: boolean, name: string, wheel: string, to: string, cache: string }}
 */
export const options = (args, cwd) => {
  const flag = { type: /** @type {const} */ ('boolean'), default: false }
  const text = { type: /** @type {const} */ ('string') }
  let values
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { help: flag, gpu: flag, force: flag, 'no-cuda': flag, wheel: text, to: text, cache: text },
    }))
  } catch (e) {
    throw new Refusal(`${String(e.message).replace(/\.?$/, '')}; \`node scripts/tfjs-node.mjs --help\` names the options`)
  }
  const name = values.gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node'
  const wheel = values.wheel ?? (values.gpu ? wheels.gpu : wheels.cpu)
  return {
    help: values.help, gpu: values.gpu, cuda: values.gpu && !values['no-cuda'], force: values.force, name,
    wheel: wheel.endsWith('.whl') ? fromHere(cwd, wheel) : wheel,
    to: fromHere(cwd, values.to ?? join('node_modules', name)),
    cache: fromHere(cwd, values.cache ?? '.cache/tfjs-node'),
  }
}
