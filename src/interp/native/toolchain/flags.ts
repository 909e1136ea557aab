/** What the C compiler is asked for: the runtime is compiled once and slowly, a program often and quickly. */
import type { Compiler } from './compiler.js'

/** Numbers as the reference has them: infinities and NaN count, only what no program can see is given up. */
const numbers = ['-fno-math-errno', '-fno-trapping-math', '-ffp-contract=fast']
/** The working memory holds floats here and integers there at another time. */
const reused = ['-fno-strict-aliasing']
const common = ['-std=gnu11', '-fPIC', '-w', ...numbers, ...reused]
/**
 * For some processors (Zen 2 and 3) gcc takes a product and a sum as two instructions where it sees a chain of them and as one elsewhere:
 * the same sum would round differently in tiles of different heights, and so on different numbers of threads.
 */
const contracted = ({ name }: Compiler): string[] => name === 'gcc' ? ['--param=avoid-fma-max-bits=0'] : []
const major = ({ version }: Compiler): number => Number(version.split('.')[0])
/**
 * What gcc spends time on in loops of a few lines without making them quicker: vector loops for the last elements, and searches for what
 * generated code does not have, such as values stored twice or expressions written twice.
 */
const short = (gcc: Compiler): string[] => ['--param=vect-epilogues-nomask=0',
  ...['tree-pta', 'tree-dominator-opts', 'tree-fre', 'tree-dse', 'dse', 'tree-vrp', 'tree-ccp', 'tree-bit-ccp', 'tree-copy-prop',
    // gcc 10 and older do not know the last, and refuse what they do not know.
    'thread-jumps', ...major(gcc) > 10 ? ['ipa-modref'] : []].map(pass => `-fno-${pass}`)]
/** Beside what -O1 does: loops become vectors, and a product and a sum one instruction. */
const quick = (gcc: Compiler): string[] =>
  ['-O1', '-ftree-loop-vectorize', '-fexpensive-optimizations', '-fvect-cost-model=dynamic', ...short(gcc)]
const linked = ['-shared', ...process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []]

/** How C sources become one library: flags of both steps, and what only the linker takes. */
export interface Flags { readonly compile: readonly string[]; readonly link: readonly string[]; readonly libraries: readonly string[] }

/** Of the runtime and the addon. */
export const runtimeFlags = (compiler: Compiler, include: readonly string[]): Flags => ({
  compile: ['-O3', ...compiler.target, ...common, ...contracted(compiler), '-pthread', ...include.map(folder => `-I${folder}`)],
  link: [...linked, '-pthread'],
  libraries: process.platform === 'darwin' ? ['-lm'] : ['-lm', '-ldl'],
})

/**
 * Of a generated program. Start files and libraries are left out, which halves the linker's time: what it needs of the C library is in the
 * process that loads it.
 */
export const programFlags = (compiler: Compiler, include: readonly string[]): Flags => ({
  compile: [...compiler.name === 'gcc' ? quick(compiler) : ['-O2'], '-pipe', ...compiler.target, ...common, ...contracted(compiler),
    '-fno-semantic-interposition', '-fno-asynchronous-unwind-tables', ...include.map(folder => `-I${folder}`)],
  link: process.platform === 'darwin' ? linked : [...linked, '-nostdlib'],
  libraries: process.platform === 'darwin' ? ['-lm'] : [],
})
