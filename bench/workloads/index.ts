/** The benchmarks by name. */
import type { Sizes, Workload } from '../harness/workload.js'
import { action } from './action.js'
import { chain } from './chain.js'
import { made } from './made.js'
import { mlp } from './mlp.js'
import { nade } from './nade.js'
import { sample } from './sample.js'
import { smallOps } from './small-ops.js'
import { gpt2, transformer } from './transformer.js'
import { trpo } from './trpo.js'
import { vqvae } from './vqvae.js'
import { wganGp } from './wgan-gp.js'

export const workloads: Readonly<Record<string, (sizes?: Sizes) => Workload>> = {
  mlp, made, nade, vqvae, 'wgan-gp': wganGp, transformer,
  chain, 'small-ops': smallOps, 'action-1': action(1), 'action-8': action(8), sample, trpo, gpt2,
}
/** Those that a run takes unless it names some: GPT-2 is there for its compile time. */
export const usual: readonly string[] = Object.keys(workloads).filter(name => name !== 'gpt2')
