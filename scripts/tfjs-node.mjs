/**
 * Builds tfjs-node over the TensorFlow library of a pinned Python wheel, where its own download is out of reach, older than the CUDA of
 * the machine, or does not know the Node. docs/guides/tfjs-node.md says what it was run on.
 *
 *   node scripts/tfjs-node.mjs [--gpu] [--wheel tensorflow-cpu==2.21.0] [--to DIR]
 */
import { build } from './tfjs-node/build.mjs'
import { options, usage } from './tfjs-node/options.mjs'
import { Refusal } from './tfjs-node/tools.mjs'

try {
  const asked = options(process.argv.slice(2), process.cwd())
  if (asked.help) console.log(usage)
  else build(asked, line => console.log(line))
} catch (e) {
  if (!(e instanceof Refusal)) throw e
  console.error(e.message)
  process.exitCode = 1
}
