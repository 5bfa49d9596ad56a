import type { Database } from './database.ts'

/** What a group commit does for one kind of members. */
export interface GroupWork<Member, Outcome> {
  /** Groups of one key under way at once: one that stands still does not stop the rest. */
  lanesMax: number
  /**
   * A group begins beside one under way only after that has taken so long, so that groups are
   * larger. Absent = at once.
   */
  patienceMs?: number
  /** Members of one group; unbounded when absent. */
  membersMax?: number
  /** Of two members with the same word the later one waits for the next group. */
  apart?(member: Member): string | undefined
  /** Runs on the connection for all of them; called again, with the same, when that is retried. */
  run(key: string, members: readonly Member[], db: Database): Promise<Outcome>
  /** The members have left the queue, whatever becomes of them. */
  taken?(members: readonly Member[]): void
  committed(key: string, members: readonly Member[], outcome: Outcome): void
  /** @param hasRun false where no connection was lent */
  failed(members: readonly Member[], error: unknown, hasRun: boolean): void
}

interface Queue<Member> {
  waiting: Member[]
  lanes: number
  /** A lane has asked for its connection, and will take all who wait by then. */
  isOpening: boolean
  /** Until the groups under way have taken too long. */
  patience?: ReturnType<typeof setTimeout> | undefined
}

/** Lends a connection: for a transaction, or for statements that commit by themselves. */
export type Lend = <T>(work: (db: Database) => Promise<T>) => Promise<T>

/**
 * Group commit: what waits under one key while a connection is being lent shares it. The group
 * closes when the connection is had; a retry keeps the same members.
 */
export class GroupCommit<Member, Outcome> {
  readonly #lend: Lend
  readonly #work: GroupWork<Member, Outcome>
  readonly #queues = new Map<string, Queue<Member>>()

  constructor(lend: Lend, work: GroupWork<Member, Outcome>) {
    this.#lend = lend
    this.#work = work
  }

  /** Members under the key that are in no group yet. */
  waiting(key: string): number {
    return this.#queues.get(key)?.waiting.length ?? 0
  }

  enter(key: string, member: Member): void {
    const queue = this.#queues.get(key) ?? { waiting: [], lanes: 0, isOpening: false }
    this.#queues.set(key, queue)
    queue.waiting.push(member)
    this.#openLane(key, queue)
  }

  /** Takes a member that is in no group yet out of the queue. */
  withdraw(key: string, member: Member): void {
    const waiting = this.#queues.get(key)?.waiting ?? []
    const index = waiting.indexOf(member)
    if (index >= 0) waiting.splice(index, 1)
  }

  #openLane(key: string, queue: Queue<Member>): void {
    const { lanesMax, patienceMs = 0 } = this.#work
    const isFull = queue.lanes >= lanesMax
    if (isFull || queue.isOpening || queue.waiting.length === 0) return
    if (queue.lanes === 0 || patienceMs === 0) this.#startLane(key, queue)
    else {
      queue.patience ??= setTimeout(() => {
        queue.patience = undefined
        if (queue.waiting.length > 0) this.#startLane(key, queue)
      }, patienceMs)
    }
  }

  #startLane(key: string, queue: Queue<Member>): void {
    queue.lanes += 1
    void this.#runGroup(key, queue).finally(() => {
      queue.lanes -= 1
      clearTimeout(queue.patience)
      queue.patience = undefined
      this.#openLane(key, queue)
      if (queue.lanes === 0) this.#queues.delete(key)
    })
  }

  async #runGroup(key: string, queue: Queue<Member>): Promise<void> {
    let members: Member[] | undefined
    queue.isOpening = true
    try {
      const outcome = await this.#lend((db) => {
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
    const members = this.#leave(queue)
    this.#work.taken?.(members)
    this.#openLane(key, queue)
    return members
  }

  /** Those who came first, as many as go into one group. */
  #leave(queue: Queue<Member>): Member[] {
    const { apart, membersMax = Number.POSITIVE_INFINITY } = this.#work
    const words = new Set<string>()
    const [members, others]: [Member[], Member[]] = [[], []]
    for (const member of queue.waiting) {
      const word = apart?.(member)
      const isNext = members.length >= membersMax || (word !== undefined && words.has(word))
      if (word !== undefined) words.add(word)
      ;(isNext ? others : members).push(member)
    }
    queue.waiting = others
    return members
  }
}
