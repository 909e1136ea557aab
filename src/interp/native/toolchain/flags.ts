/** What the C compiler is asked for: the runtime is compiled once and slowly, a program often and quickly. */
import type { Compiler } from './compiler.js'

/** Numbers as the reference has them: infinities and NaN count, only what no program can see is given up. */
const numbers = ['-fno-math-errno', '-fno-trapping-math', '-ffp-contract=fast']
/** The working memory holds floats here and integers there at another time. */
const reused = ['-fno-strict-aliasing']
const common = ['-std=gnu11', '-fPIC', '-w', ...numbers, ...reused]
/**
 * What gcc spends a third of its time on in loops of a few lines without making them quicker: vector loops for the last elements, and
 * searches for what generated code does not have, such as expressions written twice.
 */
const short = ['--param=vect-epilogues-nomask=0', ...['tree-vrp', 'schedule-insns2', 'tree-slp-vectorize', 'gcse', 'tree-pre',
  'rerun-cse-after-loop', 'cse-follow-jumps', 'crossjumping', 'optimize-sibling-calls', 'ipa-cp', 'ipa-sra', 'ipa-icf',
  'partial-inlining', 'reorder-blocks-and-partition', 'tree-tail-merge'].map(pass => `-fno-${pass}`)]
const linked = ['-shared', ...process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []]

/** How C sources become one library: flags of both steps, and what only the linker takes. */
export interface Flags { readonly compile: readonly string[]; readonly link: readonly string[]; readonly libraries: readonly string[] }

/** Of the runtime and the addon. */
export const runtimeFlags = ({ target }: Compiler, include: readonly string[]): Flags => ({
  compile: ['-O3', ...target, ...common, '-pthread', ...include.map(folder => `-I${folder}`)],
  link: [...linked, '-pthread'],
  libraries: process.platform === 'darwin' ? ['-lm'] : ['-lm', '-ldl'],
})

/** Of a generated program. Start files and the compiler's own library are left out, which halves the linker's time. */
export const programFlags = ({ name, target }: Compiler, include: readonly string[]): Flags => ({
  compile: ['-O2', '-ftree-vectorize', ...target, ...common, '-fno-semantic-interposition', '-fno-asynchronous-unwind-tables',
    ...name === 'gcc' ? ['-fvect-cost-model=dynamic', ...short] : [], ...include.map(folder => `-I${folder}`)],
  link: process.platform === 'darwin' ? linked : [...linked, '-nostdlib'],
  libraries: process.platform === 'darwin' ? ['-lm'] : ['-lm', '-lc'],
})
