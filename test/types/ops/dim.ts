import type {
  AddDim,
  SubDim,
  MulDim,
  DivDim,
  FloorDivDim,
  CeilDivDim,
  NormalDim,
  SubstituteDim,
  SizeOf,
} from '../../../src/dsl/shape/dim-types.js'
import { same, type Equal } from '../harness/equal.js'

same<Equal<AddDim<'T', 'S'>, 'S+T'>>()
same<Equal<MulDim<'B+1', 2>, '2*B+2'>>()
same<Equal<MulDim<'2*B+3', 'T'>, '2*B*T+3*T'>>()
same<Equal<NormalDim<'(B+1)*2-T'>, '2*B-T+2'>>()
same<Equal<SubDim<'T', 1>, 'T-1'>>()
same<Equal<SubDim<'T+1', 'T'>, 1>>()
same<Equal<DivDim<'4*B*T+4*B', 'T+1'>, '4*B'>>()
same<Equal<DivDim<7, 2>, never>>()
same<Equal<FloorDivDim<'H+1', 2>, 'floor((H+1)/2)'>>()
same<Equal<FloorDivDim<AddDim<FloorDivDim<'H+1', 2>, 1>, 2>, 'floor((H+3)/4)'>>()
same<Equal<CeilDivDim<CeilDivDim<'H', 2>, 2>, 'floor((H+3)/4)'>>()
same<Equal<SubstituteDim<FloorDivDim<'H+1', 2>, { H: 28 }>, 14>>()
same<Equal<SubstituteDim<'floor((2*floor((H+1)/2)+1)/3)', { H: 7 }>, 3>>()
same<Equal<NormalDim<'-B-1'>, '-B-1'>>()
same<Equal<AddDim<'B', '-B'>, 0>>()
same<Equal<DivDim<'B*B-1', 'B-1'>, 'B+1'>>()
same<Equal<NormalDim<'floor(H/2)'>, 'floor(H/2)'>>()
same<Equal<DivDim<'B*T', 'B'>, 'T'>>()
same<Equal<DivDim<0, 3>, 0>>()
same<Equal<MulDim<'B', 'T'>, 'B*T'>>()
same<Equal<MulDim<'4*B', 3>, '12*B'>>()
same<Equal<AddDim<'T+1', 2>, 'T+3'>>()
same<Equal<SubstituteDim<'B*T', { B: 64; T: 10 }>, 640>>()
same<Equal<SubstituteDim<'B*T', { B: number; T: 10 }>, number>>()
same<Equal<SubstituteDim<'B*T+S', { X: number; T: 10 }>, '10*B+S'>>()
same<Equal<SubstituteDim<'B+S', { B: 'S'; S: 'B' }>, 'B+S'>>()
same<Equal<SizeOf<['B', 'T+1', 4]>, '4*B*T+4*B'>>()
same<Equal<FloorDivDim<'4*H+B+7', 2>, '2*H+floor((B+1)/2)+3'>>()
same<Equal<FloorDivDim<'H-3', 2>, 'floor((H+1)/2)-2'>>()
