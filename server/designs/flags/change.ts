import type { Engine } from '../../db/engine.ts'
import { Problem } from '../../errors.ts'
import { type Design, refusalIn, sequenceOf } from '../design.ts'
import { assertSameLedger } from '../same-ledger.ts'
import {
  type Flag,
  type Flags,
  type ShadowFlag,
  type Subject,
  seedDefault,
  subjectNames,
} from './flags.ts'
import { type Mix, mixOf } from './mix.ts'
import { shadowDesigns } from './shadow.ts'

/** What an operator asks for of one axis. */
export interface Wanted {
  option: string
  to?: string | undefined
  percent?: number | undefined
  /** Absent = the one that the flag has. */
  seed?: number | undefined
  /** Lets two sources of ids be used at once. */
  provoke?: true | undefined
  /** Absent = none any more. */
  shadow?: ShadowFlag | undefined
}

/** The flags with one changed. */
export function withFlag(flags: Flags, subject: Subject, wanted: Wanted, epoch: number): Flags {
  const { option, to, percent = 0, provoke, shadow } = wanted
  const seed = wanted.seed ?? flags[subject]?.seed ?? seedDefault
  const flag: Flag = { option, to, percent, seed, isProvoked: provoke, shadow, epoch }
  return { ...flags, [subject]: flag }
}

/** The flags of a whole design, no axis split. Those that stay keep the change they are from. */
export function withDesign(flags: Flags, wanted: Flags, epoch: number): Flags {
  const changed = subjectNames.flatMap((subject) => {
    const [now, next] = [flags[subject], wanted[subject]]
    if (!next) return []
    const isSame = now !== undefined && isSameFlag(now, next)
    return [[subject, isSame ? now : { ...next, epoch }] as const]
  })
  return Object.fromEntries(changed)
}

const isSameFlag = (one: Flag, other: Flag): boolean =>
  one.option === other.option &&
  one.to === other.to &&
  one.percent === other.percent &&
  one.seed === other.seed &&
  one.isProvoked === other.isProvoked &&
  one.shadow?.option === other.shadow?.option &&
  one.shadow?.percent === other.shadow?.percent &&
  one.shadow?.writes === other.shadow?.writes

/** What a change is judged by, besides what is in force. */
export interface Judge {
  /** Fills the axes that the flags lack. */
  start: Design
  /** Of the database; undefined = not known, and not judged. */
  engine: (() => Engine | undefined) | undefined
  /** Absent = not judged. */
  hasLockServers?: boolean | undefined
}

/**
 * Judges a change before it is written.
 * @returns what the flags make of requests
 * @throws Problem `unknown-design`, `design-refused`
 */
export function judged(next: Flags, current: Mix, judge: Judge): Mix {
  const { engine, hasLockServers } = judge
  const mix = mixOf(next, current.epoch + 1, judge.start)
  assertSameLedger(mix.base, current.base)
  refuseTwoSources(next)
  const refusalOf = (design: Design) => refusalIn({ engine: engine?.(), hasLockServers }, design)
  const refusals = mix.designs.flatMap((one) => refusalOf(one) ?? [])
  if (refusals[0] !== undefined) throw refused(refusals[0])
  const ofShadows = shadowDesigns(mix).flatMap((one) => refusalOf(one) ?? [])
  if (ofShadows[0] !== undefined) throw refused(ofShadows[0], 'shadow.option')
  return mix
}

/** Why this process cannot serve what others have put in force; undefined where it can. */
export function lacking(mix: Mix, { hasLockServers }: Judge): string | undefined {
  const designs = [...mix.designs, ...shadowDesigns(mix)]
  const [why] = designs.flatMap((one) => refusalIn({ hasLockServers }, one) ?? [])
  return why
}

/** Ids of two sources at once are unique, but what was written later has the smaller one. */
function refuseTwoSources(flags: Flags): void {
  for (const [subject, { to, isProvoked }] of Object.entries(flags)) {
    const isOfIds = subject === 'ids' || sequenceOf(subject) !== undefined
    if (!isOfIds || to === undefined || isProvoked) continue
    throw refused(
      'two sources of ids at once give later rows the smaller id: give the sequence one source ' +
        'after the other, or send "provoke": true to see it go wrong',
      'to',
    )
  }
}

const refused = (detail: string, field = 'option') =>
  new Problem('design-refused', { detail, field })
