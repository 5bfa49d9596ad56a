import type { Ctx, Services } from '../../ctx.ts'
import type { Database } from '../../db/connections.ts'
import { GroupCommit } from '../../db/group-commit.ts'
import { Problem } from '../../errors.ts'
import type { Readings } from '../../metrics/register.ts'
import { counter } from '../../metrics/table.ts'
import type { Lifecycle, Option } from '../option.ts'
import { byId } from '../transaction/expand.ts'
import { issueFrom } from './candidates.ts'
import {
  AlreadyAsked,
  type CouponRequest,
  type Coupons,
  claimNumbers,
  countAgainstQuota,
  type FreeNumber,
  type Issue,
  type IssuedCoupon,
  poolEmpty,
  storeRequests,
  validate,
  wasAsked,
  writeIssues,
} from './coupons.ts'
import { NumberWindow } from './number-window.ts'
import { quickLastSeqs, seqsAfter } from './sequence.ts'

/** Transactions of one product at once: one writes while the other waits for its commit. */
const lanesMax = 2
const membersMax = 100
/** Requests whose numbers another process has taken so often go on alone. */
const collisionsMax = 3

const metrics = {
  stampede_coupon_batches_total: counter('Transactions that issued coupons for many requests.'),
  stampede_coupon_merged_total: counter(
    'Requests in such transactions; by batches: the mean size of a batch.',
  ),
}

export const batched: Option<Coupons> = {
  summary: 'one transaction for all requests that wait, with numbers that were read ahead',
  doc:
    'A process reads free numbers a thousand at a time and gives each request its own. Requests ' +
    'of a product that wait are one transaction of six statements, which claims the numbers, ' +
    'and commits before any of them is answered. What a request of the batch cannot have (a ' +
    'repeat, a quota that ends) it is refused alone, after another try by itself.',
  closes:
    'a commit for each request; two requests of a process on one number, since each is given ' +
    'its own; two processes, by the conditional update, after which one reads elsewhere',
  leavesOpen: 'requests of a batch wait for its slowest partner, whose quota’s row is locked',
  metrics,
  open: (services) => new BatchedCoupons(services),
}

interface Member {
  ctx: Ctx
  request: CouponRequest
  numbers: FreeNumber[]
  collisions: number
  resolve(issued: IssuedCoupon[]): void
  reject(error: unknown): void
}

/** Numbers of the batch are another process's by now. */
class Collision extends Error {}

export class BatchedCoupons implements Coupons, Lifecycle {
  readonly counts = { batches: 0, merged: 0 }
  readonly #connections: Services['connections']
  readonly #group: GroupCommit<Member, IssuedCoupon[][]>
  readonly #windows = new Map<string, NumberWindow>()
  readonly #seqs = quickLastSeqs()

  readonly readings: Readings<typeof metrics> = {
    stampede_coupon_batches_total: () => this.counts.batches,
    stampede_coupon_merged_total: () => this.counts.merged,
  }

  constructor({ connections }: Pick<Services, 'connections'>) {
    this.#connections = connections
    this.#group = new GroupCommit((work) => connections.transaction(work), {
      lanesMax,
      membersMax,
      run: (_productId, members, db) => this.#issueAll(members, db),
      committed: (productId, members, issued) => this.#answer(productId, members, issued),
      failed: (members, error) => this.#failed(members, error),
    })
  }

  async issue(ctx: Ctx, request: CouponRequest): Promise<IssuedCoupon[]> {
    return await this.#enter({ ctx, request, collisions: 0 })
  }

  async #enter(member: Pick<Member, 'ctx' | 'request' | 'collisions'>): Promise<IssuedCoupon[]> {
    const { request } = member
    const numbers = await (await this.#windowOf(request)).take(request.quantity)
    // A number that another request holds counts as used; a repeat needs none.
    if (!numbers) throw (await wasAsked(this.#connections, request)) ?? poolEmpty()
    const { promise, resolve, reject } = Promise.withResolvers<IssuedCoupon[]>()
    this.#group.enter(request.productId, { ...member, numbers, resolve, reject })
    return await promise
  }

  /** @throws Problem `not-found` for a product without coupons, of which nothing is kept */
  async #windowOf(request: CouponRequest): Promise<NumberWindow> {
    const known = this.#windows.get(request.productId)
    if (known) return known
    await this.#connections.use((db) => validate(db, request))
    const window =
      this.#windows.get(request.productId) ?? new NumberWindow(this.#connections, request.productId)
    this.#windows.set(request.productId, window)
    return window
  }

  #alone(ctx: Ctx, request: CouponRequest): Promise<IssuedCoupon[]> {
    return this.#connections.transaction(
      (db) => issueFrom(ctx, db, request, this.#seqs),
      'read committed',
    )
  }

  /**
   * All members or none.
   * @throws Collision, AlreadyAsked, Problem `quota-used-up`, which are of some member
   */
  async #issueAll(members: readonly Member[], db: Database): Promise<IssuedCoupon[][]> {
    const ids = members.flatMap(({ numbers }) => numbers.map(({ id }) => id))
    if ((await claimNumbers(db, ids.toSorted(byId))) !== ids.length) throw new Collision()
    const requests = members.map(({ request }) => request)
    await storeRequests(db, requests)
    const last = await this.#seqs.of(db, requests[0]?.productId ?? '')
    const seqs = seqsAfter(last, ids.length).values()
    const issued = members.map(({ numbers }) =>
      numbers.map(({ number }) => ({ number, seq: seqs.next().value ?? '' })),
    )
    const issues = members.flatMap(({ request }, index): Issue[] =>
      (issued[index] ?? []).map((coupon) => ({ ...coupon, request })),
    )
    await writeIssues(db, issues)
    for (const [partnerId, quantity] of quantitiesOf(requests)) {
      await countAgainstQuota(db, partnerId, quantity)
    }
    for (const { ctx } of members) await ctx.at('coupon.issued', db)
    return issued
  }

  #answer(productId: string, members: readonly Member[], issued: IssuedCoupon[][]): void {
    this.counts.batches += 1
    this.counts.merged += members.length
    for (const [index, { numbers, resolve }] of members.entries()) {
      this.#windows.get(productId)?.letGo(numbers)
      resolve(issued[index] ?? [])
    }
  }

  #failed(members: readonly Member[], error: unknown): void {
    const isCollision = error instanceof Collision
    for (const member of members) {
      const { ctx, request, numbers, resolve, reject } = member
      const window = this.#windows.get(request.productId)
      window?.letGo(numbers)
      if (isCollision) window?.leave()
      if (isCollision && member.collisions < collisionsMax) {
        ctx.observer.coupons('collision', 1)
        const again = { ctx, request, collisions: member.collisions + 1 }
        this.#enter(again).then(resolve, reject)
      } else if (isCollision || isOfSomeMember(error)) {
        this.#alone(ctx, request).then(resolve, reject)
      } else reject(error)
    }
  }
}

/** What one member is refused for says nothing of the others. */
const isOfSomeMember = (error: unknown) =>
  error instanceof AlreadyAsked || (error instanceof Problem && error.code === 'quota-used-up')

/** Quantities by partner, in the order in which all lock their rows. */
function quantitiesOf(requests: readonly CouponRequest[]): [partnerId: string, sum: number][] {
  const sums = new Map<string, number>()
  for (const { partnerId, quantity } of requests) {
    sums.set(partnerId, (sums.get(partnerId) ?? 0) + quantity)
  }
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))
}
