import { openSession } from '../../lab/processes/session.ts'
import { exitCodes, UserError } from '../../lab/user-error.ts'
import { sendAlert } from '../../server/clients/slack.ts'
import type { Axis } from '../../server/designs/axes.ts'
import { optionsOf } from '../../server/designs/flags/flags.ts'
import { requireUp, type Up } from '../up/up-file.ts'
import { requestsPerJourney, sendSteady } from './crowd.ts'
import { type CanaryEnd, follow } from './follow.ts'
import type { CanaryPlan } from './plan.ts'
import { ShopClient } from './shop-client.ts'
import { endWords, planWords } from './words.ts'

/** What `./stampede canary` was asked for. */
export interface CanaryOptions {
  subject: Axis
  canary: string
  arm: 'before' | 'after'
  steps: readonly number[]
  stepSeconds: number
  /** Journeys per second of a steady crowd; 0 = only who come by themselves. */
  rate: number
  seed: number
}

const by = 'canary'

/**
 * Moves an axis of the running environment to another option while a test holds.
 * @returns the exit code: as expected, missed where it was stopped, untrusted without data
 * @throws UserError if no environment is running, or the shop refuses the option
 */
export async function runCanary(options: CanaryOptions): Promise<number> {
  const up = await requireUp()
  const { api } = up.arms[options.arm]
  const shop = new ShopClient(api, up.token, by)
  const plan = await planOf(options, shop)
  const shadow = plan.shadow ? { shadow: plan.shadow } : {}
  for (const line of planWords(plan, options.rate * requestsPerJourney)) console.log(line)
  const session = await openSession()
  const crowdEnds = new AbortController()
  let isOver = false
  try {
    await shop.set(plan.subject, {
      ...{ option: plan.base, to: plan.canary, percent: 0, reason: 'canary: it begins' },
      ...shadow,
    })
    session.add({
      name: 'share',
      async stop() {
        const reason = 'canary: it was interrupted'
        if (!isOver) await shop.setBack(plan.subject, { option: plan.base, reason, ...shadow })
      },
    })
    const crowd = options.rate > 0 ? sendSteady(session, up, options, crowdEnds.signal) : undefined
    crowd?.catch((error: unknown) => {
      if (!isOver) console.error(`stampede: the crowd ended early: ${String(error)}`)
    })
    const end = await follow({
      plan,
      shop,
      tell: (line) => console.log(line),
      firstUse: (requests, percent) =>
        message(up, options, `first-${shop.epoch}`, firstUseText(plan, requests, percent)),
    }).finally(() => {
      isOver = true
    })
    const words = endWords(plan, end)
    for (const line of words) console.log(line)
    await message(up, options, `end-${shop.epoch}`, words.join('; ')).catch(complain)
    return exitCodeOf(end)
  } finally {
    crowdEnds.abort()
    await session.close()
  }
}

const complain = (error: Error) => console.error(`stampede: no message to Slack: ${error.message}`)

const firstUseText = ({ subject, canary }: CanaryPlan, requests: number, percent: number) =>
  `${subject}=${canary} is in use for the first time: ${requests} requests, ${percent} %`

const exitCodeOf = ({ outcome }: CanaryEnd): number =>
  ({
    reached: exitCodes.asExpected,
    stopped: exitCodes.missed,
    'no-data': exitCodes.untrusted,
  })[outcome]

/** @throws UserError for an option that is in force, or where a share is set already */
async function planOf(options: CanaryOptions, shop: ShopClient): Promise<CanaryPlan> {
  const { subject, canary, steps, stepSeconds } = options
  const { option: base, to, shadow } = await shop.flagOf(subject)
  const refuse = (why: string): never => {
    throw new UserError(why, exitCodes.badArguments)
  }
  if (!optionsOf(subject).includes(base)) refuse(`the shop has ${subject}=${base}, not known here`)
  if (base === canary) refuse(`${subject}=${canary} is in force already`)
  if (to !== undefined) refuse(`${subject} is split between ${base} and ${to}: end that first`)
  const plan = { subject, base, canary, steps, stepSeconds }
  return shadow ? { ...plan, shadow } : plan
}

/** A webhook of your own where one is set, else the environment's pretend Slack. */
async function message(up: Up, { arm }: CanaryOptions, id: string, text: string): Promise<void> {
  const url = process.env.SLACK_WEBHOOK_URL || `${up.arms[arm].bank}/partners/slack`
  await sendAlert(url, { eventId: `canary-${id}`, text })
}
