/** The addon: two files of C++ linked to the library beside it. */
import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { libraries } from './wheel.mjs'
import { Refusal, attempt, run } from './tools.mjs'

/** The newest Node-API that tfjs-node 4.22 looks for. */
const napi = 8

/** Compiles the addon of the package in \`folder\` over the unpacked wheel in \`scratch/tensorflow\`. */
export const compileAddon = ({ compiler }, folder, scratch, nodeHeaders) => {
  const [lib, out] = [join(folder, 'deps/lib'), join(folder, `lib/napi-v${napi}`)]
  mkdirSync(lib, { recursive: true })
  mkdirSync(out, { recursive: true })
  for (const library of libraries) renameSync(join(scratch, 'tensorflow', library), join(lib, library))
  run('the addon of tfjs-node does not compile over this wheel', compiler, [
    '-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${napi}`, '-I', join(scratch, 'tensorflow/include'), '-I', nodeHeaders,
    join(folder, 'binding/tfjs_backend.cc'), join(folder, 'binding/tfjs_binding.cc'), '-o', join(out, 'tfjs_binding.node'),
    '-L', lib, ...libraries.map(library => `-l:${library}`), '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ])
}

// Adam's and a classifier's kinds of kernel, and one (topk) that needs what newer Nodes took out of \`util\`.
const trial = `
const tf = require(process.argv[1])
const x = tf.tensor2d([1, 2, 3, 4], [2, 2])
const got = [tf.matMul(x, x), tf.topk(tf.tensor1d([3, 1, 2]), 2).values].map(t => t.dataSync().join())
if (got.join(';') !== '7,10,15,22;3,2') throw new Error('a product and a topk gave ' + got.join(' and '))
console.log(tf.backend().isUsingGpuDevice === true ? 'gpu' : 'cpu')
`
/**
 * Loads the package in a process of its own and runs three kernels.
 * @returns {string} the kind of device that computed: \`cpu\` or \`gpu\`
 */
export const tryPackage = folder => {
  const tried = attempt(process.execPath, ['-e', trial, folder])
  if (!tried.ok) throw new Refusal(`tfjs-node was built but does not work: ${tried.said}`)
  return tried.stdout.trim().split('\n').at(-1) ?? ''
}
