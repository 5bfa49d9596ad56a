import type { Fault } from './fault.ts'
import { abandon } from './faults/abandon.ts'
import { bank } from './faults/bank.ts'
import { connectionsKilled } from './faults/connections-killed.ts'
import { consumerFails } from './faults/consumer-fails.ts'
import { couponPoolDrained } from './faults/coupon-pool-drained.ts'
import { crash } from './faults/crash.ts'
import { deadlockPair } from './faults/deadlock-pair.ts'
import { deliveredTwice } from './faults/delivered-twice.ts'
import { duplicateSubmit } from './faults/duplicate-submit.ts'
import { eventLoopBlocked } from './faults/event-loop-blocked.ts'
import { frozen } from './faults/frozen.ts'
import { generationStopped } from './faults/generation-stopped.ts'
import { lockHold } from './faults/lock-hold.ts'
import { metadataLock } from './faults/metadata-lock.ts'
import { networkBandwidth } from './faults/network-bandwidth.ts'
import { networkBlackhole } from './faults/network-blackhole.ts'
import { networkHalfOpen } from './faults/network-half-open.ts'
import { networkLatency } from './faults/network-latency.ts'
import { networkReset } from './faults/network-reset.ts'
import { poisonEvent } from './faults/poison-event.ts'
import { poolSqueeze } from './faults/pool-squeeze.ts'
import { readOnly } from './faults/read-only.ts'
import { redisDown } from './faults/redis-down.ts'
import { redisFrozen } from './faults/redis-frozen.ts'
import { refreshStorm } from './faults/refresh-storm.ts'
import { relayStopped } from './faults/relay-stopped.ts'
import { retryStorm } from './faults/retry-storm.ts'
import { slackDown } from './faults/slack-down.ts'
import { slowAnswers } from './faults/slow-answers.ts'
import { slowCommit } from './faults/slow-commit.ts'
import { slowQuery } from './faults/slow-query.ts'
import { ticketsDown } from './faults/tickets-down.ts'

/** The registry of all faults. A new one is one file and one line here. */
export const faults: Record<string, Fault> = {
  [slowQuery.name]: slowQuery,
  [retryStorm.name]: retryStorm,
  [refreshStorm.name]: refreshStorm,
  [duplicateSubmit.name]: duplicateSubmit,
  [abandon.name]: abandon,
  [bank.name]: bank,
  [slowAnswers.name]: slowAnswers,
  [eventLoopBlocked.name]: eventLoopBlocked,
  [consumerFails.name]: consumerFails,
  [lockHold.name]: lockHold,
  [metadataLock.name]: metadataLock,
  [connectionsKilled.name]: connectionsKilled,
  [slowCommit.name]: slowCommit,
  [readOnly.name]: readOnly,
  [poolSqueeze.name]: poolSqueeze,
  [deadlockPair.name]: deadlockPair,
  [poisonEvent.name]: poisonEvent,
  [deliveredTwice.name]: deliveredTwice,
  [relayStopped.name]: relayStopped,
  [slackDown.name]: slackDown,
  [ticketsDown.name]: ticketsDown,
  [generationStopped.name]: generationStopped,
  [couponPoolDrained.name]: couponPoolDrained,
  [networkLatency.name]: networkLatency,
  [networkBandwidth.name]: networkBandwidth,
  [networkReset.name]: networkReset,
  [networkBlackhole.name]: networkBlackhole,
  [networkHalfOpen.name]: networkHalfOpen,
  [redisDown.name]: redisDown,
  [redisFrozen.name]: redisFrozen,
  [crash.name]: crash,
  [frozen.name]: frozen,
}
