import type { Connections, Database } from '../db/connections.ts'

/** What a group commit does for one kind of members. */
export interface GroupWork<Member, Outcome> {
  /** Transactions of one key under way at once: one that stands still does not stop the rest. */
  lanesMax: number
  /** Members of one transaction; unbounded when absent. */
  membersMax?: number
  /** Runs in the transaction for all of them; called again, with the same, when that is retried. */
  run(key: string, members: readonly Member[], db: Database): Promise<Outcome>
  /** The members have left the queue, whatever becomes of them. */
  taken?(members: readonly Member[]): void
  committed(key: string, members: readonly Member[], outcome: Outcome): void
  /** @param hasRun false where no transaction could be opened */
  failed(members: readonly Member[], error: unknown, hasRun: boolean): void
}

interface Queue<Member> {
  waiting: Member[]
  lanes: number
  /** A lane has asked for its transaction, which will take all who wait by then. */
  isOpening: boolean
}

/**
 * Group commit: what waits under one key while a transaction is being opened shares it. The group
 * closes when the transaction opens; a retry keeps the same members.
 */
export class GroupCommit<Member, Outcome> {
  readonly #connections: Connections
  readonly #work: GroupWork<Member, Outcome>
  readonly #queues = new Map<string, Queue<Member>>()

  constructor(connections: Connections, work: GroupWork<Member, Outcome>) {
    this.#connections = connections
    this.#work = work
  }

  /** Members under the key that are in no transaction yet. */
  waiting(key: string): number {
    return this.#queues.get(key)?.waiting.length ?? 0
  }

  enter(key: string, member: Member): void {
    const queue = this.#queues.get(key) ?? { waiting: [], lanes: 0, isOpening: false }
    this.#queues.set(key, queue)
    queue.waiting.push(member)
    this.#openLane(key, queue)
  }

  /** Takes a member that is in no transaction yet out of the queue. */
  withdraw(key: string, member: Member): void {
    const waiting = this.#queues.get(key)?.waiting ?? []
    const index = waiting.indexOf(member)
    if (index >= 0) waiting.splice(index, 1)
  }

  #openLane(key: string, queue: Queue<Member>): void {
    const isFull = queue.lanes >= this.#work.lanesMax
    if (isFull || queue.isOpening || queue.waiting.length === 0) return
    queue.lanes += 1
    void this.#runGroup(key, queue).finally(() => {
      queue.lanes -= 1
      this.#openLane(key, queue)
      if (queue.lanes === 0) this.#queues.delete(key)
    })
  }

  async #runGroup(key: string, queue: Queue<Member>): Promise<void> {
    let members: Member[] | undefined
    queue.isOpening = true
    try {
      const outcome = await this.#connections.transaction((db) => {
        members ??= this.#take(key, queue)
        return this.#work.run(key, members, db)
      })
      this.#work.committed(key, members ?? [], outcome)
    } catch (error) {
      const hasRun = members !== undefined
      this.#work.failed(members ?? this.#take(key, queue), error, hasRun)
    }
  }

  #take(key: string, queue: Queue<Member>): Member[] {
    queue.isOpening = false
    const members = queue.waiting.splice(0, this.#work.membersMax ?? queue.waiting.length)
    this.#work.taken?.(members)
    this.#openLane(key, queue)
    return members
  }
}
