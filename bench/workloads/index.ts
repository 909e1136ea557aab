/** The benchmarks by name. */
import type { Sizes, Workload } from '../harness/workload.js'
import { chain } from './chain.js'
import { made } from './made.js'
import { mlp } from './mlp.js'
import { nade } from './nade.js'
import { smallOps } from './small-ops.js'
import { transformer } from './transformer.js'
import { vqvae } from './vqvae.js'
import { wganGp } from './wgan-gp.js'

export const workloads: Readonly<Record<string, (sizes?: Sizes) => Workload>> =
  { mlp, made, nade, vqvae, 'wgan-gp': wganGp, transformer, chain, 'small-ops': smallOps }
