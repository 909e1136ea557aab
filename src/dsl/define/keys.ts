/** The keys of a record type as a tuple in ASCII order. A union has no order of its own, and each compiler picks another. */

type Ascii = ' $-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
type StandsBefore<A extends string, B extends string> =
  A extends `${infer X}${infer P}`
    ? B extends `${infer Y}${infer Q}`
      ? X extends Y ? StandsBefore<P, Q> : Ascii extends `${string}${X}${string}${Y}${string}` ? true : false
      : false
    : true
type ToIntersection<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void ? I : never
/** Some member of a union: of overloads, inference takes the last. */
type Pick1<U> = ToIntersection<U extends unknown ? (x: U) => void : never> extends (x: infer L) => void ? L : never
type Insert<K extends string, Sorted extends readonly string[], Before extends readonly string[] = []> =
  Sorted extends readonly [infer H extends string, ...infer R extends readonly string[]]
    ? StandsBefore<K, H> extends true ? [...Before, K, ...Sorted] : Insert<K, R, [...Before, H]>
    : [...Before, K]
type Sort<U extends string, Out extends readonly string[] = []> =
  [U] extends [never] ? Out : string extends U ? Out : Pick1<U> extends infer K extends string ? Sort<Exclude<U, K>, Insert<K, Out>> : never

/** The keys of a record in ASCII order. */
export type KeysOf<T> = Sort<keyof T & string>
/** The first of a union of keys in ASCII order. */
export type First<U> = Sort<U & string> extends readonly [infer H extends string, ...readonly string[]] ? H : never
