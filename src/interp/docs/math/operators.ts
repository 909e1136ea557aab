/** The signs and functions of formulas: how each is written, and what a notation table says of it. */

/** `how` tells the printer where the arguments go. */
interface Operator {
  readonly how: 'call' | 'between' | 'around'
  readonly latex: string
  readonly close?: string
  readonly meaning: string
}

const called = (latex: string, meaning: string): Operator => ({ how: 'call', latex, meaning })
const between = (latex: string, meaning: string): Operator => ({ how: 'between', latex, meaning })
const around = (latex: string, close: string, meaning: string): Operator => ({ how: 'around', latex, close, meaning })
const word = (name: string, meaning: string): Operator => called(`\\operatorname{${name}}`, meaning)

export const operators = {
  expectation: called('\\mathbb{E}', 'mean over the batch, and over elements where they are not summed'),
  sum: called('\\sum', 'sum over an index'),
  product: called('\\prod', 'product over an index'),
  largest: called('\\max', 'largest'),
  smallest: called('\\min', 'smallest'),
  argmax: called('\\arg\\max', 'where it is largest'),
  argmin: called('\\arg\\min', 'where it is smallest'),
  stop: around('\\operatorname{sg}[', ']', 'stop-gradient: the value, through which no gradient flows'),
  norm: around('\\lVert ', '\\rVert', 'Euclidean norm over all axes but the batch'),
  absolute: around('\\lvert ', '\\rvert', 'absolute value'),
  indicator: around('\\mathbf{1}[', ']', '1 where it holds, else 0'),
  floor: around('\\lfloor ', '\\rfloor', 'largest integer not above'),
  ceil: around('\\lceil ', '\\rceil', 'smallest integer not below'),
  root: around('\\sqrt{', '}', 'square root'),
  join: around('[', ']', 'joined along an axis'),
  log: called('\\log', 'natural logarithm'),
  exp: called('\\exp', 'exponential'),
  sin: called('\\sin', 'sine'),
  cos: called('\\cos', 'cosine'),
  tanh: called('\\tanh', 'hyperbolic tangent'),
  sigmoid: called('\\sigma', 'logistic function 1 / (1 + exp(-x))'),
  softplus: word('softplus', 'log(1 + exp(x))'),
  erf: word('erf', 'error function'),
  sign: word('sign', 'sign, -1, 0 or 1'),
  round: word('round', 'nearest integer'),
  relu: word('relu', 'max(x, 0)'),
  leakyRelu: word('leakyRelu', 'x above 0, a fixed share of x below'),
  elu: word('elu', 'x above 0, exp(x) - 1 below'),
  silu: word('silu', 'x times its logistic function'),
  gelu: word('gelu', 'x times the normal distribution function of x'),
  softmax: word('softmax', 'exponentials divided by their sum, along the last axis'),
  logSumExp: word('logsumexp', 'logarithm of the sum of exponentials'),
  clip: word('clip', 'brought between two bounds'),
  standardise: word('standardise', 'without its mean, over its standard deviation'),
  divergence: word('KL', 'Kullback-Leibler divergence'),
  bernoulli: word('Bernoulli', 'distribution of a zero or one with a probability of one'),
  categorical: word('Categorical', 'distribution of one class with given probabilities'),
  normalLaw: called('\\mathcal{N}', 'normal distribution with mean and covariance'),
  uniformLaw: called('\\mathcal{U}', 'uniform distribution'),
  dataLaw: called('p_{\\mathrm{data}}', 'distribution of the data'),
  mod: between('\\bmod', 'remainder'),
  equals: between('=', 'equal'),
  less: between('<', 'below'),
  atMost: between('\\le', 'not above'),
  and: between('\\wedge', 'and'),
  or: between('\\vee', 'or'),
  not: called('\\neg', 'not'),
  permute: word('transpose', 'with its axes, counted from 0, in the order below'),
  reshape: word('reshape', 'the same numbers, row by row, in the shape below'),
  transpose: called('\\top', 'transpose'),
  cumsum: word('cumsum', 'running sum'),
  reverse: word('reverse', 'in the opposite order'),
  pad: word('pad', 'with zeros around it'),
  argsort: word('argsort', 'positions in order'),
  patches: word('patches', 'windows of an image as rows'),
  fold: word('fold', 'windows added back into an image'),
  gather: word('gather', 'elements picked at positions'),
  scatter: word('scatter', 'values added at positions'),
  loop: word('scan', 'result of a loop over the first axis'),
  bits: word('bits', 'random words of a key'),
  iota: word('iota', 'counts from 0'),
  variance: word('Var', 'mean squared distance from the mean'),
} as const satisfies Readonly<Record<string, Operator>>

export type OperatorName = keyof typeof operators
export const operatorOf = (name: OperatorName): Operator => operators[name]

/** The signs that expressions carry by their form rather than by a name. */
export const forms = {
  gradient: { latex: '\\nabla', meaning: 'gradient with respect to the symbol below' },
  elementwise: { latex: '\\odot', meaning: 'product element by element' },
  convolution: { latex: '\\ast', meaning: 'convolution of an image with a kernel' },
  transposedConvolution: { latex: '\\ast^{\\top}', meaning: 'transposed convolution' },
  elements: { latex: '\\mapsto', meaning: 'the tensor with this element at each index' },
  drawn: { latex: '\\sim', meaning: 'drawn from' },
} as const
export type FormName = keyof typeof forms
